package dev.sluice.api.finance;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {
  @ParameterizedTest
  @CsvSource({
    "0E-10,0",
    "1E-10,0.0000000001",
    "1E+3,1000",
    "80.50,80.5",
    "-0.0035000000,-0.0035",
    "12345678901234567890.0000000001,12345678901234567890.0000000001"
  })
  void it_has_neither_an_exponent_nor_zeros_at_its_end(BigDecimal amount, String text) {
    assertThat(Money.text(amount)).isEqualTo(text);
  }
}
