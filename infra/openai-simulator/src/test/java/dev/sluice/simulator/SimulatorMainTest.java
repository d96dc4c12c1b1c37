package dev.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SimulatorMainTest {
  @Test
  void arguments_become_options() {
    var options =
        SimulatorMain.options(
            "--port", "8081", "--host", "0.0.0.0", "--tier", "tier-3", "--first-token-ms", "9");

    assertThat(options.port()).isEqualTo(8081);
    assertThat(options.host()).isEqualTo("0.0.0.0");
    assertThat(options.tier()).isEqualTo("tier-3");
    assertThat(options.latency()).isEqualTo(new Latency(9, 15, 0));
  }

  @Test
  void a_wrong_argument_is_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SimulatorMain.options("--prt", "1"))
        .withMessageContaining("--prt");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SimulatorMain.options("--port", "many"))
        .withMessageContaining("many");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SimulatorMain.options("--port"))
        .withMessageContaining("needs a value");
  }
}
