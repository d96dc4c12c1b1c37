package dev.sluice.common.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void every_code_says_what_to_do(ErrorCode code) {
    assertThat(code.code()).matches("[a-z_]+");
    assertThat(code.status()).isBetween(400, 599);
    assertThat(code.sentence()).endsWith(".").hasSizeGreaterThan(20);
  }
}
