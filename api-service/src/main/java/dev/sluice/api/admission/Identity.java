package dev.sluice.api.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an idempotency key stands for: a response, and the request that it was made for.
 *
 * @param digest of the request's body
 */
record Identity(String responseId, String digest) {
  static Identity of(String responseId, String body) {
    return new Identity(responseId, digest(body));
  }

  static Identity decode(String text) {
    int at = text.indexOf(' ');
    return new Identity(text.substring(0, Math.max(0, at)), text.substring(at + 1));
  }

  String encode() {
    return responseId + " " + digest;
  }

  /**
   * @throws SluiceException if the key was used for another request
   */
  void check(String body) {
    if (!digest.equals(digest(body))) throw new SluiceException(ErrorCode.IDEMPOTENCY_KEY_REUSED);
  }

  private static String digest(String body) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(body.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java platform has SHA-256", absent);
    }
  }
}
