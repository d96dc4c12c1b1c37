package dev.sluice.api.finance;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import org.jspecify.annotations.Nullable;

/** The parts of a cap's address, checked. */
final class CapAddress {
  private static final int LONGEST_SUBJECT = 256;

  private CapAddress() {}

  static SpendScope scope(String label) {
    return SpendScope.of(label)
        .orElseThrow(() -> refusal("scope", "A cap's scope is user, team or project."));
  }

  static SpendPeriod period(String label) {
    return SpendPeriod.of(label)
        .orElseThrow(() -> refusal("period", "A cap's period is day or month."));
  }

  static String subject(@Nullable String name) {
    if (name == null)
      throw new SluiceException(
          ErrorCode.MISSING_REQUIRED_PARAMETER,
          "Say whose spending is capped: subject=the user, team or project, URL-encoded.",
          "subject");
    if (name.isBlank()
        || name.length() > LONGEST_SUBJECT
        || name.chars().anyMatch(Character::isISOControl))
      throw refusal(
          "subject",
          "A cap's subject has 1 to %d characters, none of them a control character."
              .formatted(LONGEST_SUBJECT));
    return name;
  }

  private static SluiceException refusal(String part, String sentence) {
    return new SluiceException(ErrorCode.INVALID_VALUE, sentence, part);
  }
}
