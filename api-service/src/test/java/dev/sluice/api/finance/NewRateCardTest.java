package dev.sluice.api.finance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.RateCardAdded;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class NewRateCardTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final JsonMapper JSON = new JsonMapper();
  private static final String CARD =
      """
      {"model": "m", "validFrom": "2027-01-01", "currency": "EUR", "input": "2.50",
       "output": "10", "source": "our contract"}
      """;

  @Test
  void what_is_left_out_is_usual() {
    var card = read(CARD);
    assertThat(card.serviceTier()).isEqualTo("default");
    assertThat(card.from()).isEqualTo("2027-01-01T00:00:00Z");
    assertThat(card.until()).isNull();
    assertThat(card.prices().cachedInput()).isEqualTo(new BigDecimal("2.50"));
    assertThat(card.longContext()).isNull();
    assertThat(card.sourceDate()).isEqualTo("2026-11-25");
    assertThat(card.by()).isEqualTo("somebody");
  }

  @ParameterizedTest
  @CsvSource({
    "model,,missing_required_parameter",
    "source,' ',missing_required_parameter",
    "currency,EURO,invalid_value",
    "input,-0.01,invalid_value",
    "input,cheap,invalid_value",
    "input,0.00000000001,invalid_value",
    "output,100000000,invalid_value",
    "validFrom,2026-11-25T11:54:00Z,invalid_value",
    "validFrom,soon,invalid_value",
    "validUntil,2027-01-01,invalid_value",
    "longContextAbove,0,invalid_value",
    "longContextAbove,200000,missing_required_parameter",
    "longInput,1,invalid_value",
    "sourceDate,yesterday,invalid_value",
  })
  void a_card_that_cannot_be_is_refused(String field, @Nullable String value, String error) {
    var body = (ObjectNode) JSON.readTree(CARD);
    body.put(field, value);
    assertThatThrownBy(() -> read(body.toString()))
        .isInstanceOfSatisfying(
            SluiceException.class, refusal -> assertThat(refusal.code().code()).isEqualTo(error));
  }

  @ParameterizedTest
  @CsvSource({
    "2027-01-01/ever,fits",
    "2027-01-01/2027-06-01,fits",
    "2026-06-01/ever,not changed in place",
    "2027-06-01/ever,not changed in place",
    "2027-01-01/2027-05-01,leaves a gap",
    "2027-01-01/2027-07-01,overlaps",
    "2027-09-01/2027-10-01,leaves a gap",
    "2027-08-01/ever,fits",
  })
  void a_card_fits_between_those_that_are_there(String validity, String outcome) {
    var there = List.of(validity("2026-06-01/2027-06-01"), validity("2027-06-01/2027-08-01"));
    var asked = validity(validity);
    var body = (ObjectNode) JSON.readTree(CARD);
    body.put("validFrom", asked.from().toString());
    if (asked.until() != null) body.put("validUntil", asked.until().toString());
    var card = JSON.readValue(body.toString(), NewRateCard.class).read("somebody", Instant.EPOCH);
    var refusals = new ArrayList<String>();
    try {
      Validity.check(card, there);
    } catch (SluiceException refusal) {
      assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_CARD_CONFLICT);
      refusals.add(refusal.detail());
    }
    if (outcome.equals("fits")) assertThat(refusals).isEmpty();
    else assertThat(refusals).singleElement().asString().contains(outcome);
  }

  private static Validity validity(String text) {
    var days = text.split("/");
    return new Validity(
        Instant.parse(days[0] + "T00:00:00Z"),
        days[1].equals("ever") ? null : Instant.parse(days[1] + "T00:00:00Z"));
  }

  private static RateCardAdded read(String body) {
    return JSON.readValue(body, NewRateCard.class).read("somebody", NOW);
  }
}
