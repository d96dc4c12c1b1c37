package dev.sluice.localstack.plan;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Locale;

/** Numbers as a person reads them: three digits that count, and a unit that fits. */
final class Figures {

  private Figures() {}

  /** {@code 0.115}, {@code 6.63}, {@code 1,990}. */
  static String number(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,d", Math.round(value));
    }
    var rounded = new BigDecimal(value).round(new MathContext(3));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String perSecond(double rate) {
    return rate == 1 ? "1 request/s" : number(rate) + " requests/s";
  }

  static String percent(double share) {
    return number(share * 100) + " %";
  }

  /** {@code 90 ms}, {@code 4 s}, {@code 34 min}, {@code 5.2 h}, {@code 12 days}. */
  static String time(Duration time) {
    double seconds = time.toMillis() / 1e3;
    if (seconds < 1) {
      return time.toMillis() + " ms";
    }
    if (seconds < 120) {
      return number(seconds) + " s";
    }
    if (seconds < 7_200) {
      return number(Math.round(seconds / 60)) + " min";
    }
    return seconds < 172_800 ? number(seconds / 3_600) + " h" : number(seconds / 86_400) + " days";
  }
}
