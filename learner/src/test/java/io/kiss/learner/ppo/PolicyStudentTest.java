package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyStudentTest {
  private static final int FEATURES = 4;
  private static final int ACTIONS = 5;
  private static final int[] LAYERS = {FEATURES, 8, ACTIONS};
  private static final int ROWS = 256;

  static List<String> engines() {
    return Engines.present();
  }

  private static PpoSettings settings(String engine) {
    return Engines.settings(engine, Map.of("hidden", List.of(16)));
  }

  private static PolicySnapshot teacher(long seed) {
    float[] mean = {1, -2, 0, 5};
    float[] deviation = {2, 0.5f, 1, 3};
    return new PolicySnapshot(
        "o",
        "a",
        LAYERS,
        Segments.gaussian(new Random(seed), PolicySnapshot.weightCount(LAYERS)),
        mean,
        deviation,
        new float[] {-9, -8, -7, -6},
        new float[] {9, 8, 7, 6});
  }

  /** States as the teacher's normaliser expects them, a few far away; its choice in them. */
  private record School(float[] observations, float[] masks, float[] probabilities) {
    static School of(PolicySnapshot teacher, long seed) {
      Random random = new Random(seed);
      float[] observations = new float[ROWS * FEATURES];
      float[] masks = new float[ROWS * ACTIONS];
      for (int i = 0; i < observations.length; i++) {
        int f = i % FEATURES;
        double far = random.nextInt(50) == 0 ? 20 : 1;
        observations[i] =
            (float) (teacher.mean()[f] + far * teacher.deviation()[f] * random.nextGaussian());
      }
      for (int i = 0; i < masks.length; i++) {
        masks[i] = i % ACTIONS == 2 || random.nextInt(4) > 0 ? 1 : 0;
      }
      return new School(observations, masks, choices(teacher, observations, masks));
    }
  }

  private static float[] choices(PolicySnapshot policy, float[] observations, float[] masks) {
    PolicyNetwork network = new PolicyNetwork(policy);
    float[] all = new float[masks.length];
    float[] row = new float[ACTIONS];
    for (int r = 0; r < ROWS; r++) {
      network.logits(observations, r * FEATURES, row, 0);
      PolicyNetwork.softmax(row, Arrays.copyOfRange(masks, r * ACTIONS, (r + 1) * ACTIONS));
      System.arraycopy(row, 0, all, r * ACTIONS, ACTIONS);
    }
    return all;
  }

  /** By the definition, of the networks in plain Java. */
  private static double divergence(School school, PolicySnapshot student) {
    float[] own = choices(student, school.observations, school.masks);
    double sum = 0;
    for (int i = 0; i < own.length; i++) {
      double p = school.probabilities[i];
      sum += p > 0 ? p * Math.log(p / own[i]) : 0;
    }
    return sum / ROWS;
  }

  private static double learn(PolicyStudent student, School school, double rate) {
    return student.learn(school.observations, school.masks, school.probabilities, ROWS, rate);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatItReportsIsTheDivergenceOfItsPolicyFromTheTeachers(String engine) {
    PolicySnapshot teacher = teacher(1);
    School school = School.of(teacher, 2);
    try (PolicyStudent student = new PolicyStudent(settings(engine), teacher, 3)) {
      for (int step = 0; step < 20; step++) {
        double expected = divergence(school, student.snapshot());
        assertThat(learn(student, school, 0.01)).isCloseTo(expected, within(1e-4));
      }
    }
  }

  /** The first step of Adam moves each weight by the rate against its slope's sign. */
  @ParameterizedTest
  @MethodSource("engines")
  void eachWeightMovesDownTheDivergence(String engine) {
    PolicySnapshot teacher = teacher(4);
    School school = School.of(teacher, 5);
    try (PolicyStudent student = new PolicyStudent(settings(engine), teacher, 6)) {
      PolicySnapshot before = student.snapshot();
      learn(student, school, 1e-3);
      float[] after = student.snapshot().weights();
      int compared = 0;
      for (int i = 0; i < after.length; i += 7) {
        double slope =
            (divergence(school, moved(before, i, 0.02f))
                    - divergence(school, moved(before, i, -0.02f)))
                / 0.04;
        if (Math.abs(slope) > 2e-3) {
          compared++;
          assertThat(Math.signum(after[i] - before.weights()[i]))
              .as("weight %d, slope %s", i, slope)
              .isEqualTo((float) -Math.signum(slope));
        }
      }
      assertThat(compared).isGreaterThan(5);
    }
  }

  private static PolicySnapshot moved(PolicySnapshot policy, int weight, float by) {
    float[] weights = policy.weights().clone();
    weights[weight] += by;
    return new PolicySnapshot(
        policy.observationId(),
        policy.actionId(),
        policy.layers(),
        weights,
        policy.mean(),
        policy.deviation(),
        policy.lowest(),
        policy.highest());
  }

  @ParameterizedTest
  @MethodSource("engines")
  void itComesToChooseAsTheTeacherDoesInStatesThatItWasNotTaughtIn(String engine) {
    PolicySnapshot teacher = teacher(7);
    School never = School.of(teacher, 8);
    try (PolicyStudent student = new PolicyStudent(settings(engine), teacher, 9)) {
      double before = divergence(never, student.snapshot());
      int lessons = 1500;
      for (int lesson = 0; lesson < lessons; lesson++) {
        learn(student, School.of(teacher, 100 + lesson), 0.02 * (1 - lesson / (double) lessons));
      }
      double after = divergence(never, student.snapshot());
      System.out.printf("%s: %.4f nats before, %.4f after%n", engine, before, after);
      assertThat(after).isLessThan(0.02 * before);
    }
  }

  /** Matrices and biases of a policy. */
  private static int tensors(PolicySnapshot policy) {
    return 2 * (policy.layers().length - 1);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theSameSeedAndLessonsGiveTheSameWeightsAndWhatItGaveBeforeStays(String engine) {
    PolicySnapshot teacher = teacher(10);
    School school = School.of(teacher, 11);
    try (PolicyStudent one = new PolicyStudent(settings(engine), teacher, 12);
        PolicyStudent other = new PolicyStudent(settings(engine), teacher, 12)) {
      PolicySnapshot first = one.snapshot();
      float[] kept = first.weights().clone();
      for (int step = 0; step < 10; step++) {
        learn(one, school, 0.01);
        learn(other, school, 0.01);
      }
      assertThat(one.snapshot().sha256()).isEqualTo(other.snapshot().sha256());
      assertThat(first.weights()).isEqualTo(kept);
      assertThat(one.snapshot().weights()).isNotEqualTo(kept);
      int inputs = 3;
      assertThat(one.manager().getManagedArrays())
          .hasSize(DjlEngine.keepsArrays(DjlEngine.load(engine)) ? tensors(first) + inputs : 0);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void itSeesByTheTeachersNormaliserAndIsTrainedWhereTheTeacherIs(String engine) {
    PolicySnapshot teacher = teacher(13);
    try (PolicyStudent student = new PolicyStudent(settings(engine), teacher, 14)) {
      PolicySnapshot policy = student.snapshot();
      assertThat(policy.layers()).isEqualTo(new int[] {FEATURES, 16, ACTIONS});
      assertThat(policy.observationId()).isEqualTo("o");
      assertThat(policy.actionId()).isEqualTo("a");
      assertThat(policy.mean()).isEqualTo(teacher.mean());
      assertThat(policy.deviation()).isEqualTo(teacher.deviation());
      assertThat(policy.lowest()).isEqualTo(teacher.lowest());
      assertThat(policy.highest()).isEqualTo(teacher.highest());
    }
  }
}
