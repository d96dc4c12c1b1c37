package dev.sluice.api.finance;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The figures of a cap, as finance has sent them.
 *
 * @param soft USD; null for none
 * @param hard likewise
 */
record CapLimits(@Nullable BigDecimal soft, @Nullable BigDecimal hard) {
  // As exact as the ledger, and small enough that no sum of them overflows
  private static final Pattern MONEY = Pattern.compile("\\d{1,8}(\\.\\d{1,10})?");
  private static final Set<String> FIELDS = Set.of("soft", "hard");

  /**
   * @throws SluiceException that names the field at fault
   */
  static CapLimits read(JsonNode body) {
    if (!body.isObject())
      throw new SluiceException(ErrorCode.INVALID_JSON, "The body is not a JSON object.");
    for (var name : body.propertyNames())
      if (!FIELDS.contains(name))
        throw refusal(ErrorCode.UNSUPPORTED_PARAMETER, "A cap has soft and hard, no more.", null);
    var limits = new CapLimits(money(body, "soft"), money(body, "hard"));
    if (limits.soft == null && limits.hard == null)
      throw refusal(
          ErrorCode.MISSING_REQUIRED_PARAMETER,
          "Give soft, hard or both. To remove the cap, send DELETE.",
          "hard");
    if (limits.soft != null && limits.hard != null && limits.soft.compareTo(limits.hard) > 0)
      throw refusal(ErrorCode.INVALID_VALUE, "soft must not be above hard.", "soft");
    return limits;
  }

  private static @Nullable BigDecimal money(JsonNode body, String field) {
    var value = body.path(field);
    if (value.isMissingNode() || value.isNull()) return null;
    if (!value.isString())
      throw refusal(ErrorCode.INVALID_TYPE, field + " must be a string such as \"80.00\".", field);
    if (!MONEY.matcher(value.asString()).matches())
      throw refusal(
          ErrorCode.INVALID_VALUE,
          field + " must be an amount in USD from 0 to 99999999, with at most 10 decimals.",
          field);
    return new BigDecimal(value.asString());
  }

  private static SluiceException refusal(ErrorCode code, String sentence, @Nullable String field) {
    return new SluiceException(code, sentence, field);
  }
}
