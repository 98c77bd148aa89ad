package io.kiss.cluster.cli;

import io.kiss.kisim.autoscale.PolicyEnsemble;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicyFile.Provenance;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.text.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./kiss ensemble}: several trained policies as one. */
@Command(
    name = "ensemble",
    description =
        "Put trained policies side by side into one that decides by the mean of their logits. Runs"
            + " that differ in their seed err in different places; together they err less.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  for s in 1 2 3; do kiss train --out $s.kiss --seed $s; done",
      "  kiss ensemble --out policy.kiss 1.kiss 2.kiss 3.kiss"
    })
public final class EnsembleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The policy file to write.")
  private Path out;

  @Option(names = "--force", description = "Overwrite FILE where it is there already.")
  private boolean force;

  @Option(names = "--json", description = "Say what was made as one JSON object instead of text.")
  private boolean json;

  @Parameters(
      arity = "2..*",
      paramLabel = "POLICY",
      description = "Two or more policy files of kiss train.")
  private List<Path> members;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    PolicyFile whole;
    try {
      new OutputFile("--out", out).requirePolicy(force);
      List<PolicyFile> read = new ArrayList<>();
      for (Path member : members) {
        read.add(PolicyFile.read(member));
      }
      whole = PolicyEnsemble.ofFiles(read, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    } catch (UnusableFileException | IllegalArgumentException e) {
      err.println("kiss ensemble: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    try {
      whole.write(out);
    } catch (IOException e) {
      err.println("kiss ensemble: " + out + " could not be written: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    PrintWriter to = spec.commandLine().getOut();
    to.println(json ? asJson(whole) : asText(whole));
    to.flush();
    return CommandLine.ExitCode.OK;
  }

  private String asText(PolicyFile whole) {
    return String.format(
        Locale.ROOT,
        "%s: %d policies of %,d steps together, sha256 %s%nTry it: kiss up --policy %s",
        out,
        members.size(),
        whole.provenance().environmentSteps(),
        whole.policy().sha256().substring(0, 12),
        out);
  }

  private String asJson(PolicyFile whole) {
    Provenance from = whole.provenance();
    Json object = new Json();
    object.open("");
    object.put("policy", out.toString());
    object.put("sha256", whole.policy().sha256());
    object.put("members", members.size());
    object.put("run", from.run());
    object.put("environmentSteps", from.environmentSteps());
    object.put("seconds", from.seconds());
    object.put("created", from.created().toString());
    object.close();
    return object.toString();
  }
}
