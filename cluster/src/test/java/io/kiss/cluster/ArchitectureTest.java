package io.kiss.cluster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import org.assertj.core.api.Assertions;

/** The arrows of the house: between modules, and none in a circle between packages. */
@AnalyzeClasses(packages = "io.kiss", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String KISIM = "io.kiss.kisim..";
  private static final String ACTORS = "io.kiss.actors..";
  private static final String ROLLOUT = "io.kiss.rollout..";
  private static final String LEARNER = "io.kiss.learner..";
  private static final String CLUSTER = "io.kiss.cluster..";

  @ArchTest
  static void everyModuleIsLookedAt(JavaClasses classes) {
    for (String module : List.of("kisim", "actors", "rollout", "learner", "cluster")) {
      Assertions.assertThat(classes.stream())
          .as(module)
          .anyMatch(c -> c.getPackageName().startsWith("io.kiss." + module));
    }
  }

  @ArchTest
  static final ArchRule kisimKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage(KISIM)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ACTORS, ROLLOUT, LEARNER, CLUSTER, "akka..", "ai.djl..", "scala..");

  @ArchTest
  static final ArchRule actorsKnowOnlyKisim =
      noClasses()
          .that()
          .resideInAPackage(ACTORS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROLLOUT, LEARNER, CLUSTER, "ai.djl..");

  @ArchTest
  static final ArchRule rolloutDoesNotKnowTheLearner =
      noClasses()
          .that()
          .resideInAPackage(ROLLOUT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LEARNER, CLUSTER, "ai.djl..");

  @ArchTest
  static final ArchRule learnerDoesNotKnowRollout =
      noClasses()
          .that()
          .resideInAPackage(LEARNER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROLLOUT, CLUSTER);

  @ArchTest
  static final ArchRule onlyTheClusterSpeaksHttpAndJdbc =
      noClasses()
          .that()
          .resideInAnyPackage(KISIM, ACTORS, ROLLOUT, LEARNER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "akka.http..", "java.sql..", "javax.sql..", "java.net.http..", "picocli..");

  @ArchTest
  static final ArchRule noPackagesInACircle =
      slices().assignedFrom(new ByPackage()).should().beFreeOfCycles();

  private static final class ByPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      return javaClass.getPackageName().startsWith("io.kiss.")
          ? SliceIdentifier.of(javaClass.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages of io.kiss";
    }
  }
}
