package dev.sluice.simulator;

import dev.sluice.simulator.wire.ApiError;
import dev.sluice.simulator.wire.ErrorTexts;
import dev.sluice.simulator.wire.RejectedRequest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Checks the headers that come before any body: the key, and the client's own request id. */
final class Authorization {
  private static final String WRONG_KEY = "sk-wrong";
  private static final String ADMIN_KEY = "sk-admin";
  private static final int LONGEST_CLIENT_REQUEST_ID = 512;

  private Authorization() {}

  /** Any key is good but {@code sk-wrong} and those that contain {@code invalid}. */
  static void check(Call call) {
    var _ = key(call);
  }

  /** The organisation's own figures are for admin keys, which begin with {@code sk-admin}. */
  static void checkAdmin(Call call) {
    if (!key(call).startsWith(ADMIN_KEY)) {
      throw new RejectedRequest(ErrorTexts.missingScope());
    }
  }

  private static String key(Call call) {
    var header = call.header("Authorization");
    if (header == null || !header.startsWith("Bearer ") || header.substring(7).isBlank()) {
      throw new RejectedRequest(ErrorTexts.missingKey());
    }
    var key = header.substring(7).strip();
    if (key.equals(WRONG_KEY) || key.toLowerCase(Locale.ROOT).contains("invalid")) {
      throw new RejectedRequest(ErrorTexts.wrongKey(key));
    }
    return key;
  }

  /** API reference, debugging requests: ASCII, at most 512 characters, else a 400. */
  static void checkClientRequestId(Call call) {
    var id = call.header("X-Client-Request-Id");
    if (id == null) {
      return;
    }
    if (id.length() > LONGEST_CLIENT_REQUEST_ID
        || !StandardCharsets.US_ASCII.newEncoder().canEncode(id)) {
      throw new RejectedRequest(
          ApiError.invalidRequest(
              400,
              "invalid_client_request_id",
              "X-Client-Request-Id must be ASCII and no longer than 512 characters.",
              null));
    }
  }
}
