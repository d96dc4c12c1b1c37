package dev.sluice.localstack.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

  @Test
  void options_come_in_any_order_and_in_both_forms() {
    var arguments = new Arguments(List.of("--apis=2", "--detach", "--workers", "3"));

    assertThat(arguments.number("--workers", 1, 12, 1)).isEqualTo(3);
    assertThat(arguments.number("--apis", 1, 12, 1)).isEqualTo(2);
    assertThat(arguments.flag("--detach")).isTrue();
    arguments.requireNoMore();
  }

  @Test
  void a_mistake_is_named() {
    var arguments = new Arguments(List.of("--prot", "80"));

    assertThatThrownBy(arguments::requireNoMore).hasMessage("what is --prot? ./sluice help");
  }

  @Test
  void a_number_out_of_range_is_refused_with_the_range() {
    var arguments = new Arguments(List.of("--port", "99999"));

    assertThatThrownBy(() -> arguments.number("--port", 1, 65_535, 8080))
        .hasMessage("--port takes a number from 1 to 65535, not 99999");
  }
}
