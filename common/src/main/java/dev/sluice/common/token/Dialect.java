package dev.sluice.common.token;

import static java.nio.charset.StandardCharsets.UTF_16;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.List;

/**
 * How a model reads its input. Families are those of tiktoken's {@code model.py}; the encoder's own
 * table is older than gpt-4.1 and would take it for gpt-4.
 *
 * @param encoding of its text
 * @param functionOverhead tokens that each function costs beside its texts
 * @param margin percent added to what is counted
 * @param images what it charges for an image
 */
record Dialect(Encoding encoding, int functionOverhead, int margin, ImagePrice images) {
  // Figures of the cookbook's "How to count tokens with tiktoken", section 7.
  private static final int OLD_FUNCTION_OVERHEAD = 10;
  private static final int FUNCTION_OVERHEAD = 7;

  private static final int MARGIN_OF_UNKNOWN = 10;

  private static final List<String> OLD_FAMILIES = List.of("gpt-3.5", "gpt-3.5-turbo");
  private static final List<String> FAMILIES =
      List.of(
          "gpt-4o",
          "chatgpt-4o",
          "gpt-4.1",
          "gpt-4.5",
          "gpt-5",
          "gpt-oss",
          "o1",
          "o3",
          "o4",
          "codex",
          "computer-use");

  // Half a second and some megabytes each: one of a kind is loaded, whoever counts
  private static final EncodingRegistry ENCODINGS = Encodings.newLazyEncodingRegistry();

  static Dialect of(String model) {
    var base = baseOf(model);
    var images = ImagePrice.of(base);
    if (isOldGpt4(base) || isAnyOf(base, OLD_FAMILIES))
      return new Dialect(
          ENCODINGS.getEncoding(EncodingType.CL100K_BASE), OLD_FUNCTION_OVERHEAD, 0, images);
    int margin = isAnyOf(base, FAMILIES) ? 0 : MARGIN_OF_UNKNOWN;
    return new Dialect(
        ENCODINGS.getEncoding(EncodingType.O200K_BASE), FUNCTION_OVERHEAD, margin, images);
  }

  /** What was tuned, of a tuned model: {@code ft:<model>:<organisation>:…}. */
  private static String baseOf(String model) {
    if (!model.startsWith("ft:")) return model;
    int end = model.indexOf(':', 3);
    return model.substring(3, end < 0 ? model.length() : end);
  }

  private static boolean isOldGpt4(String model) {
    return model.equals("gpt-4") || model.startsWith("gpt-4-");
  }

  private static boolean isAnyOf(String model, List<String> families) {
    return families.stream().anyMatch(family -> isOf(model, family));
  }

  /** Whether it is the family's own name, a later version or a variant. */
  static boolean isOf(String model, String family) {
    return model.startsWith(family)
        && (model.length() == family.length() || "-.".indexOf(model.charAt(family.length())) >= 0);
  }

  /** Tokens of {@code text} alone. */
  long count(String text) {
    return encoding.countTokensOrdinary(readable(text));
  }

  /** JSON may escape half of a surrogate pair, which no encoding of bytes can express. */
  private static String readable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) continue;
      if (Character.isSupplementaryCodePoint(text.codePointAt(i))) i++;
      else return new String(text.getBytes(UTF_16), UTF_16);
    }
    return text;
  }
}
