package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code simulate} and {@code calibrate} as a shell sees them. */
class WhatIfCommandsTest {
  private static final Path CONF = Path.of("..", "conf").toAbsolutePath().normalize();

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object command, Object... arguments) {
    String[] texts = new String[1 + arguments.length];
    texts[0] = command.getClass().getAnnotation(CommandLine.Command.class).name();
    for (int i = 0; i < arguments.length; i++) {
      texts[1 + i] = arguments[i].toString();
    }
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(texts);
  }

  private Path scenario() {
    return CONF.resolve("scenarios/mobilenet-cpu.conf");
  }

  @Test
  void simulateWritesSummaryJsonAndCsv() throws IOException {
    Path json = folder.resolve("r.json");
    Path csv = folder.resolve("r.csv");
    int code =
        run(
            new SimulateCommand(),
            "--scenario",
            scenario(),
            "--autoscaler",
            "hpa:target=0.6",
            "--seed",
            4,
            "--json",
            json,
            "--csv",
            csv);
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains(
            "MobileNet without GPU",
            "request-level engine, seed 4\nautoscaler hpa:target=0.6, every 15 s",
            "p99");
    assertThat(Files.readString(json))
        .startsWith("{\"scenario\":")
        .contains("\"autoscaler\":\"hpa\"", "\"target\":\"0.6\"", "\"stabilisation\":\"300\"")
        .contains("\"steps\":[{");
    assertThat(Files.readAllLines(csv))
        .hasSize(1 + 30 * 60 / 15)
        .first()
        .isEqualTo(io.kiss.kisim.scenario.SimulationReport.CSV_HEADER);
  }

  @Test
  void simulateRunsOnTheFluidEngineToo() {
    int code = run(new SimulateCommand(), "--scenario", scenario(), "--engine", "fluid");
    assertThat(code).isZero();
    assertThat(out.toString()).contains("fluid engine");
    assertThat(run(new SimulateCommand(), "--scenario", scenario(), "--engine", "des"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--engine").containsIgnoringCase("request, fluid");
  }

  @Test
  void simulateListsTheAutoscalersItKnowsWithoutAScenario() {
    assertThat(run(new SimulateCommand(), "--list-autoscalers")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .contains("hpa        Kubernetes' Horizontal Pod Autoscaler v2")
        .contains("  stabilisation=300", "forecast", "  target=0.7");
  }

  @Test
  void simulateReplaysATrace() throws IOException {
    Path trace = Files.writeString(folder.resolve("t.csv"), "second,requests\n0,10\n1,20\n2,30\n");
    assertThat(run(new SimulateCommand(), "--scenario", scenario(), "--trace", trace)).isZero();
    assertThat(out.toString()).contains("60 arrived");
  }

  @Test
  void badInputIsOneLineAndExitCodeTwo() throws IOException {
    Path broken =
        Files.writeString(
            folder.resolve("b.conf"),
            Files.readString(scenario())
                .replace("../profiles", CONF.resolve("profiles").toString())
                .replace("slo =", "sloo ="));
    assertThat(run(new SimulateCommand(), "--scenario", broken)).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("kiss: ")
        .contains("b.conf", "scenario.slo", "; see kiss simulate --help")
        .hasLineCount(1);
    err.getBuffer().setLength(0);
    Path trace = Files.writeString(folder.resolve("t.csv"), "second,requests\n0,ten\n");
    assertThat(run(new SimulateCommand(), "--scenario", scenario(), "--trace", trace)).isEqualTo(2);
    assertThat(err.toString()).contains("t.csv", "2").hasLineCount(1);
    err.getBuffer().setLength(0);
    assertThat(run(new SimulateCommand(), "--scenario", scenario(), "--autoscaler", "kedaa"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("kedaa is unknown; known are static, hpa, keda")
        .hasLineCount(1);
    err.getBuffer().setLength(0);
    assertThat(run(new SimulateCommand(), "--scenario", folder.resolve("none"))).isEqualTo(2);
    assertThat(err.toString()).contains("there is no such file").hasLineCount(1);
  }

  @Test
  void whatCannotBeWrittenOrMakesNoSenseIsSaidBeforeAnythingRuns() throws IOException {
    Path trace = Files.writeString(folder.resolve("t.csv"), "second,requests\n0,10\n1,20\n3,30\n");
    Path there = Files.createDirectory(folder.resolve("there"));
    refused("there is no folder", "--json", folder.resolve("none/r.json"));
    refused(there + " is a folder", "--csv", there);
    refused("same file", "--csv", folder.resolve("r"), "--json", folder.resolve("r"));
    refused("there is none", "--trace-scale", 2);
    refused("--trace-scale must be above 0", "--trace", trace, "--trace-scale", 1e300);
    refused("t.csv, line 4: expected second 2", "--trace", trace);
    refused("is a folder, not a trace", "--trace", there);
    refused("there is no file", "--trace", folder.resolve("none.csv"));
    refused("replicas must be in the scenario's 1..", "--autoscaler", "static:replicas=99");
    refused("kiscaler:FILE", "--autoscaler", "kiscaler");
    refused("no name", "--autoscaler", "");
    refused("--trace must name a file, but is empty", "--trace", "");
    assertThat(Files.list(folder)).containsExactlyInAnyOrder(trace, there);
  }

  private void refused(String because, Object... arguments) {
    err.getBuffer().setLength(0);
    List<Object> all = new ArrayList<>(List.of("--scenario", scenario()));
    all.addAll(List.of(arguments));
    assertThat(run(new SimulateCommand(), all.toArray())).as(because).isEqualTo(2);
    assertThat(err.toString()).startsWith("kiss: ").contains(because).hasLineCount(1);
    assertThat(err.toString()).endsWith("; see kiss simulate --help\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void simulateKeepsToEightyColumnsWhateverTheFigures() throws IOException {
    try (Stream<Path> scenarios = Files.list(CONF.resolve("scenarios"))) {
      for (Path each : scenarios.filter(file -> file.toString().endsWith(".conf")).toList()) {
        int code =
            run(
                new SimulateCommand(),
                "--scenario",
                each,
                "--autoscaler",
                "hpa",
                "--engine",
                "fluid");
        assertThat(code).as(err.toString()).isZero();
      }
    }
    assertThat(out.toString().lines())
        .hasSizeGreaterThan(100)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void aDashIsStandardOutputAndTheSummaryMakesRoom() {
    assertThat(run(new SimulateCommand(), "--scenario", scenario(), "--csv", "-")).isZero();
    assertThat(out.toString())
        .startsWith(io.kiss.kisim.scenario.SimulationReport.CSV_HEADER)
        .hasLineCount(1 + 30 * 60 / 15);
    assertThat(err.toString()).contains("MobileNet without GPU");
    assertThat(Path.of("-")).doesNotExist();
  }

  @Test
  void calibrateWritesGoodFitsAndRefusesBadOnesUnlessForced() throws IOException {
    Path offline =
        Files.writeString(
            folder.resolve("o.csv"),
            """
            model,gpu,precision,backend,accel,batch,ips,avg_ms
            good,g,FP16,b,-,1,200,5
            good,g,FP16,b,-,2,333,6
            good,g,FP16,b,-,4,500,8
            bad,g,FP16,b,-,1,200,5
            bad,g,FP16,b,-,2,40,50
            bad,g,FP16,b,-,4,500,8
            """);
    Path profile = folder.resolve("p.conf");
    assertThat(run(new CalibrateCommand(), "--offline", offline, "--out", profile)).isZero();
    assertThat(out.toString()).contains("good, g", "bad, g");
    assertThat(err.toString()).contains("refused: fit bad, g, FP16, b, -").hasLineCount(1);
    assertThat(io.kiss.kisim.scenario.ProfileFile.read(profile)).containsOnlyKeys("good-g-fp16-b");

    assertThat(run(new CalibrateCommand(), "--offline", offline, "--out", profile, "--force"))
        .isZero();
    assertThat(io.kiss.kisim.scenario.ProfileFile.read(profile))
        .containsOnlyKeys("good-g-fp16-b", "bad-g-fp16-b");
  }

  @Test
  void calibrateTellsProgramsWhatTheDocumentationSays() throws IOException {
    Path offline =
        Files.writeString(
            folder.resolve("o.csv"),
            """
            model,gpu,precision,backend,accel,batch,ips,avg_ms
            good,g,FP16,b,-,1,200,5
            good,g,FP16,b,-,2,333,6
            good,g,FP16,b,-,4,500,8
            """);
    Path online =
        Files.writeString(
            folder.resolve("n.csv"),
            """
            model,gpu,precision,backend,accel,batch,concurrency,ips,avg_ms,p95_ms
            good,g,FP16,b,-,1,1,180,5.5,6
            """);
    Object[] command = {"--offline", offline, "--online", online, "--json"};
    assertThat(run(new CalibrateCommand(), command)).as(err.toString()).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(DocumentedFields.in(out.toString())).isEqualTo(DocumentedFields.of("calibrate"));
    JsonNode told = DocumentedFields.strictly(out.toString());
    assertThat(told.at("/fits/0/model").asText()).isEqualTo("good");
    assertThat(told.at("/fits/0/accepted").asBoolean()).isTrue();
    JsonNode row = told.at("/predictions/0");
    assertThat(row.path("measuredThroughput").asDouble()).isEqualTo(180);
    assertThat(row.path("throughputError").asDouble())
        .isCloseTo(row.path("predictedThroughput").asDouble() / 180 - 1, within(1e-12));
    // Little: 180 items a second, 5.5 ms each, one client.
    assertThat(row.path("littleError").asDouble()).isCloseTo(180 * 0.0055 - 1, within(1e-12));

    assertThat(run(new CalibrateCommand(), "--offline", offline, "--json", "--out", "-"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("both want standard output").hasLineCount(1);
    out.getBuffer().setLength(0);
    assertThat(run(new CalibrateCommand(), "--offline", offline, "--out", "-")).isZero();
    Path piped = Files.writeString(folder.resolve("piped.conf"), out.toString());
    assertThat(io.kiss.kisim.scenario.ProfileFile.read(piped)).containsOnlyKeys("good-g-fp16-b");
  }

  @Test
  void calibrateFailsWhereNoFitIsGoodEnoughOrAFileIsBad() throws IOException {
    Path offline =
        Files.writeString(
            folder.resolve("o.csv"),
            """
            model,gpu,precision,backend,accel,batch,ips,avg_ms
            bad,g,FP16,b,-,1,200,5
            bad,g,FP16,b,-,2,40,50
            bad,g,FP16,b,-,4,500,8
            """);
    assertThat(run(new CalibrateCommand(), "--offline", offline)).isEqualTo(1);
    assertThat(err.toString()).contains("no fit is good enough");
    assertThat(run(new CalibrateCommand(), "--offline", folder.resolve("none.csv"))).isEqualTo(2);
    assertThat(err.toString())
        .contains("there is no file " + folder.resolve("none.csv") + "; see kiss calibrate --help");
    err.getBuffer().setLength(0);
    assertThat(run(new CalibrateCommand(), "--offline", folder)).isEqualTo(2);
    assertThat(err.toString()).contains(folder + " is a folder, not a file").hasLineCount(1);
    err.getBuffer().setLength(0);
    assertThat(run(new CalibrateCommand(), "--offline", offline, "--bound", "0")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "kiss: --bound must be positive, not 0.0; see kiss calibrate --help");
  }
}
