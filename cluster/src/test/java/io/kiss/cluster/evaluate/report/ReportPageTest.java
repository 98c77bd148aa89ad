package io.kiss.cluster.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiss.cluster.http.Browser;
import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people read, from runs that really ran. */
class ReportPageTest {
  private static EvaluationResults all;

  /** A window of 1280 with its scroll bar. */
  private static final int LEAST_DESKTOP = 1265;

  @TempDir Path folder;

  @BeforeAll
  static void run() {
    all = RealRuns.of(RealRuns.THIRTEEN, 2, 2, 1800);
  }

  private static String page(EvaluationResults results) throws IOException {
    return ReportPage.of(results, Comparison.of(results));
  }

  /** What is there before the data and the scripts. */
  private static String markup(String page) {
    return page.substring(page.indexOf("<body>"), page.indexOf("<script type="));
  }

  @Test
  void namesFromUsersAreTextAndNothingElse() throws IOException {
    String hostile = "</script><img src=x onerror=alert(1)>\"'{{headline}}";
    String page = page(ResultsFilesTest.renamed(all, hostile));
    assertThat(page).doesNotContain("<img", hostile);
    assertThat(markup(page)).contains("&lt;img src", "{{headline}}");
    // Data, uPlot and our script: no element more.
    assertThat(page.split("</script>", -1)).hasSize(4);
  }

  @Test
  void nothingIsLoadedFromElsewhere() throws IOException {
    String page = page(all);
    List<String> loads =
        Pattern.compile("(?:src|href|action|url)\\s*[=(]\\s*[\"']?([^\"')\\s>]+)")
            .matcher(markup(page))
            .results()
            .map(MatchResult::group)
            .filter(each -> !each.matches("href=\"#m\\d"))
            .toList();
    assertThat(loads).containsExactly("href=\"https://arxiv.org/abs/2108.13264");
    assertThat(page.substring(0, page.indexOf("<body>")))
        .doesNotContain("url(", "@import", "<script");
  }

  @Test
  void aPageOfManyAutoscalersIsAFewHundredKilobytesAtMost() throws IOException {
    assertThat(page(all).length()).isLessThan(250_000);
  }

  @Test
  void theFirstSentenceSaysWhoCostsLess() throws IOException {
    EvaluationResults two = RealRuns.of(RealRuns.TWO, 1, 3, 3600);
    Comparison comparison = Comparison.of(two);
    Comparison.Lead lead = comparison.leads().get(0);
    assertThat(new Verdicts(comparison).headline())
        .startsWith(lead.one())
        .contains("the next best, " + lead.other())
        .contains(Show.change(lead.relative().estimate()) + " less", "95\u00a0% interval");
    assertThat(new Verdicts(comparison).more())
        .singleElement()
        .asString()
        .contains("not what other days would bring");
  }

  @Test
  void twoThatAlwaysCostTheSameAreSaidToAndNotToTie() {
    // The default target under another name.
    List<RealRuns.Player> players =
        List.of(
            new RealRuns.Player("hpa", Role.BASELINE),
            new RealRuns.Player("hpa:target=0.7", Role.BASELINE));
    EvaluationResults same = RealRuns.of(players, 1, 3, 3600);
    assertThat(new Verdicts(Comparison.of(same)).headline())
        .isEqualTo("hpa costs as much as the next best, hpa:target=0.7 in every case.");
  }

  @Test
  void aPolicyThatLosesIsSaidToLose() {
    // It never scales, so it cannot win.
    List<RealRuns.Player> players =
        List.of(
            new RealRuns.Player("static", Role.POLICY), new RealRuns.Player("hpa", Role.BASELINE));
    EvaluationResults lost = RealRuns.of(players, 1, 3, 3600);
    assertThat(new Verdicts(Comparison.of(lost)).headline())
        .startsWith("static costs ")
        .contains(" more than the best baseline, hpa (95");
  }

  @Test
  void missingRunsAndMissingIntervalsAreOwnedUpTo() throws IOException {
    EvaluationResults failing = RealRuns.failing(all, "keda", 2);
    assertThat(new Verdicts(Comparison.of(failing)).more())
        .contains("Compared on the 2 of 4 cases in which all came to a result.");
    assertThat(markup(page(failing))).contains("Runs that failed", "expects 40 features");
    EvaluationResults one = RealRuns.of(RealRuns.TWO, 1, 1, 900);
    assertThat(String.join(" ", new Verdicts(Comparison.of(one)).more())).contains("--seeds 5");
    assertThat(markup(page(one))).doesNotContain("Runs that failed", "<dt>Oracle");
    EvaluationResults nobody = RealRuns.failing(RealRuns.failing(one, "hpa", 1), "queueing", 1);
    assertThat(markup(page(nobody))).contains("No run came to a result.");
  }

  @Test
  void figuresHaveFewDigitsAndAUnit() {
    assertThat(Show.number(1234.4)).isEqualTo("1\u202f234");
    assertThat(Show.number(-0.0123)).isEqualTo("−0.012");
    assertThat(Show.number(Double.NaN)).isEqualTo("–");
    assertThat(Show.seconds(0.0123)).isEqualTo("12\u00a0ms");
    assertThat(Show.seconds(75.26)).isEqualTo("75.3\u00a0s");
    assertThat(Show.attainment(0.99951)).isEqualTo("99.951\u00a0%");
    assertThat(Show.attainment(1)).isEqualTo("100\u00a0%");
    assertThat(Show.signedPercent(-0.071)).isEqualTo("−7.1\u00a0%");
    assertThat(Show.span(5400)).isEqualTo("1.5\u00a0h");
  }

  @Test
  void aBrowserDrawsAllOfItWithoutErrorsOnADesktopAndOnAPhone() throws Exception {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "chromium"))),
        "chromium is not installed");
    String watched =
        page(all)
            .replace(
                "<head>",
                "<head><script>window.errors = []; const note = e => errors.push(String(e.message"
                    + " || e)); addEventListener('error', note); console.error = note;"
                    + " addEventListener('unhandledrejection', e => note(e.reason));</script>");
    Path frames = folder.resolve("frames.html");
    // Windows are at least 500 wide; frames are not.
    Files.writeString(
        frames,
        "<!DOCTYPE html><body>"
            + frame(watched, 1400)
            + frame(watched, 390)
            + frame(watched, LEAST_DESKTOP));
    try (Browser browser = Browser.open(folder.resolve("chromium"), frames.toUri().toString())) {
      for (int i = 0; i < 2; i++) {
        String window = "frames[" + i + "]";
        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptions()
            .until(
                () ->
                    // Frames out of sight draw nothing, unless they are to be printed.
                    browser
                        .value(
                            window
                                + ".dispatchEvent(new Event('beforeprint')), "
                                + window
                                + ".document.querySelectorAll('.uplot canvas').length + ''")
                        .equals("4"));
        assertThat(browser.value(window + ".errors.join()")).isEmpty();
        assertThat(browser.value(window + ".innerWidth + ''")).isEqualTo(i == 0 ? "1400" : "390");
        String root = window + ".document.documentElement.";
        assertThat(browser.value(root + "scrollWidth - " + root + "clientWidth + ''"))
            .as("how much is wider than the window")
            .isEqualTo("0");
        assertThat(browser.value(window + ".document.body.innerText"))
            .contains(new Verdicts(Comparison.of(all)).headline())
            .doesNotContain("undefined", "NaN");
        // Each trace has a box for each autoscaler; ticking one shows it in both of its plots.
        assertThat(
                browser.value(window + ".document.querySelectorAll('.toggles input').length + ''"))
            .isEqualTo("26");
        browser.value(window + ".document.querySelector('.toggles input:not(:checked)').click()");
        assertThat(browser.value(window + ".errors.join()")).isEmpty();
      }
      assertThat(
              browser.value(
                  "[...frames[2].document.querySelectorAll('.scroll')]"
                      + ".filter(table => table.textContent.includes('Absorbs in'))"
                      + ".map(table => table.scrollWidth - table.clientWidth).join()"))
          .as("how much of the tables trace by trace is out of sight")
          .isEqualTo("0,0");
    }
  }

  private static String frame(String page, int width) {
    return "<iframe style=\"border:0;width:"
        + width
        + "px;height:9000px\" srcdoc=\""
        + page.replace("&", "&amp;").replace("\"", "&quot;")
        + "\"></iframe>";
  }
}
