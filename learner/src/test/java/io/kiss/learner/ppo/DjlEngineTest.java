package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DjlEngineTest {
  static List<String> engines() {
    return Engines.present();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void devicesAreFoundByTheirNames(String name) {
    Engine engine = DjlEngine.load(name);
    int gpus = engine.getGpuCount();
    assertThat(DjlEngine.device(engine, "cpu")).isEqualTo(Device.cpu());
    assertThat(DjlEngine.device(engine, "auto"))
        .as("%d GPUs", gpus)
        .isEqualTo(gpus > 0 ? Device.gpu(0) : Device.cpu());
    for (int i = 0; i < gpus; i++) {
      assertThat(DjlEngine.device(engine, "gpu:" + i)).isEqualTo(Device.gpu(i));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aGpuThatTheEngineDoesNotSeeIsRefusedByKeyAndWithAWayOut(String name) {
    Engine engine = DjlEngine.load(name);
    assertThatThrownBy(() -> DjlEngine.device(engine, "gpu:" + engine.getGpuCount()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kiss.learner.device")
        .hasMessageContaining(name)
        .hasMessageContaining("use auto or cpu");
  }

  @Test
  void anEngineNobodyKnowsIsRefusedByKey() {
    assertThatThrownBy(() -> DjlEngine.load("Abacus"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kiss.learner.engine is Abacus, but must be MXNet or PyTorch");
  }
}
