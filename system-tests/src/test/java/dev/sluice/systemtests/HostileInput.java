package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;

/** What a careless or hostile client may send; the same for the same seed. */
final class HostileInput {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1e999999",
          "-1e-999999",
          "9".repeat(500),
          "0." + "3".repeat(500),
          "\"\"",
          "\" \"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "[{}]",
          "{\"a\":{\"b\":[1,2,{\"c\":null}]}}",
          "\"" + "x".repeat(5_000) + "\"");

  private static final List<String> FIELDS =
      List.of(
          "input",
          "messages",
          "max_output_tokens",
          "max_tokens",
          "instructions",
          "temperature",
          "tools",
          "tool_choice",
          "metadata",
          "stream",
          "background",
          "store",
          "previous_response_id",
          "conversation",
          "stream_id",
          "response_id",
          "starting_after",
          "stream_options",
          "response_format",
          "logprobs",
          "n",
          "stop",
          "field_of_tomorrow");

  private static final List<String> TYPES =
      List.of(
          "response.create",
          "response.cancel",
          "response.resume",
          "response.completed",
          "session.update",
          "",
          "\\u0000");

  private static final List<String> QUESTIONS =
      List.of(",\"input\":\"hi\"", ",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]");

  private static final String NOBODY = "nobody";

  private final Random random;
  private final String model;

  /** Asks for no model that exists, so that none of it costs anything. */
  HostileInput(long seed) {
    this(seed, NOBODY);
  }

  /** Asks for a model that exists, and sometimes in the right way. */
  static HostileInput ofModel(String model, long seed) {
    return new HostileInput(seed, model);
  }

  private HostileInput(long seed, String model) {
    this.random = new Random(seed);
    this.model = model;
  }

  /** A text of some kind. */
  String text() {
    return switch (random.nextInt(8)) {
      case 0 -> noise();
      case 1 -> truncated();
      case 2 -> nested();
      case 3 ->
          "{\"type\":\"response.create\",\"model\":\"%s\",\"model\":\"%1$s\",\"input\":\"hi\"}"
              .formatted(model);
      case 4 -> request() + request();
      default -> request();
    };
  }

  /** The same as bytes, sometimes not UTF-8. */
  byte[] bytes() {
    var bytes = text().getBytes(UTF_8);
    if (bytes.length > 0 && random.nextInt(4) == 0)
      bytes[random.nextInt(bytes.length)] = (byte) (0x80 + random.nextInt(0x80));
    return bytes;
  }

  String path() {
    var id =
        switch (random.nextInt(4)) {
          case 0 -> "resp_" + "A".repeat(random.nextInt(60));
          case 1 -> "resp_%00%0d%0a";
          case 2 -> Integer.toString(random.nextInt());
          default -> "x".repeat(1 + random.nextInt(500));
        };
    var query =
        switch (random.nextInt(4)) {
          case 0 -> "?stream=true&starting_after=" + random.nextLong();
          case 1 -> "?stream=true&starting_after=many";
          case 2 -> "?stream=perhaps";
          default -> "";
        };
    return "/v1/responses/" + id + query;
  }

  int upTo(int most) {
    return random.nextInt(most);
  }

  private String request() {
    var text = new StringBuilder("{\"sluice\":null");
    if (model.equals(NOBODY)) text.append(",\"type\":\"").append(pick(TYPES)).append('"');
    if (random.nextInt(4) > 0) text.append(",\"model\":\"" + model + "\"");
    var fields = new java.util.LinkedHashSet<String>();
    for (int i = random.nextInt(5); i > 0; i--) fields.add(pick(FIELDS));
    if (!model.equals(NOBODY) && random.nextInt(4) > 0) {
      var question = pick(QUESTIONS);
      text.append(question);
      fields.removeIf(question::contains);
    }
    for (var field : fields) text.append(",\"").append(field).append("\":").append(pick(VALUES));
    return text.append('}').toString();
  }

  private String truncated() {
    var whole = request();
    return whole.substring(0, random.nextInt(whole.length()));
  }

  private String nested() {
    int depth = 1 + random.nextInt(3_000);
    var open = random.nextBoolean() ? "[" : "{\"a\":";
    var begun =
        "{\"type\":\"response.create\",\"model\":\"%s\",\"input\":".formatted(model)
            + open.repeat(depth);
    if (random.nextBoolean()) return begun; // and never ends
    return begun + "0" + (open.equals("[") ? "]" : "}").repeat(depth) + "}";
  }

  private String noise() {
    var text = new StringBuilder();
    for (int i = random.nextInt(200); i >= 0; i--) {
      int point = random.nextInt(0x3000);
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  private String pick(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }
}
