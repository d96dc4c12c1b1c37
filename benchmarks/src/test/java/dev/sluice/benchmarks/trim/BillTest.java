package dev.sluice.benchmarks.trim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.token.TokenCounter;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class BillTest {
  private final TokenCounter counter = new TokenCounter();
  private final Bill bill = new Bill(counter, "gpt-4o-mini");

  @Test
  void a_chat_costs_the_sum_of_its_requests() {
    var chat = new Chat("gpt-4o-mini", 2);
    bill.add(chat.request(1));
    long first = bill.lastTokens();
    bill.add(chat.request(2));
    assertThat(bill.tokens()).isEqualTo(first + bill.lastTokens());
    assertThat(bill.cost().movePointRight(6))
        .isBetween(
            BigDecimal.valueOf(bill.tokens())
                .multiply(new BigDecimal("0.15"))
                .subtract(BigDecimal.ONE),
            BigDecimal.valueOf(bill.tokens()).multiply(new BigDecimal("0.15")).add(BigDecimal.ONE));
  }

  @Test
  void what_begins_like_the_request_before_may_come_from_the_cache() {
    var chat = new Chat("gpt-4o-mini", 20);
    bill.add(chat.request(19));
    assertThat(bill.costWithCache()).isEqualTo(bill.cost());
    long cached = bill.lastTokens() / 128 * 128;
    bill.add(chat.request(20));
    var half = new BigDecimal("0.000000075").multiply(BigDecimal.valueOf(cached));
    assertThat(bill.cost().subtract(bill.costWithCache()).subtract(half).abs())
        .isLessThan(new BigDecimal("0.000002"));
  }

  @Test
  void a_short_beginning_is_not_cached() {
    var chat = new Chat("gpt-4o-mini", 2);
    bill.add(chat.request(1));
    bill.add(chat.request(2));
    assertThat(bill.costWithCache()).isEqualTo(bill.cost());
  }
}
