package dev.sluice.common.id;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Mints and verifies response ids. An id is {@code resp_} and 40 base64url characters:
 *
 * <pre>
 * version 1 B | home partition 2 B | offset bound 6 B | random 9 B | HMAC-SHA-256, first 12 B
 * </pre>
 *
 * The HMAC covers the rest and the user, so an id is worth something to its owner alone, and any
 * api instance that has the secret can check it without asking anybody. Thread-safe.
 */
public final class ResponseIds {
  private static final String PREFIX = "resp_";
  private static final byte VERSION = 1;
  private static final int SIGNED = 18;
  private static final int MAC = 12;
  private static final int RANDOM = 9;
  private static final long MAX_OFFSET = (1L << 48) - 1;

  private final SecretKeySpec key;
  private final RandomGenerator random;

  /**
   * @param secret at least 32 bytes, the same on every api instance
   * @param random a cryptographic source outside tests; must be thread-safe
   */
  public ResponseIds(String secret, RandomGenerator random) {
    this.key = new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256");
    this.random = random;
  }

  /** A new id for {@code user}. */
  public ResponseId mint(String user, int homePartition, long offsetBound) {
    if (homePartition < 0 || homePartition > 0xFFFF || offsetBound < 0 || offsetBound > MAX_OFFSET)
      throw new IllegalArgumentException(
          "no id for partition %d, offset %d".formatted(homePartition, offsetBound));
    var tail = new byte[RANDOM];
    random.nextBytes(tail);
    var bytes =
        ByteBuffer.allocate(SIGNED + MAC)
            .put(VERSION)
            .putShort((short) homePartition)
            .putShort((short) (offsetBound >>> 32))
            .putInt((int) offsetBound)
            .put(tail);
    bytes.put(mac(bytes.array(), user));
    var value = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    return new ResponseId(value, homePartition, offsetBound);
  }

  /** The id, if it is well-formed and was minted for {@code user}; nothing tells the two apart. */
  public Optional<ResponseId> verify(String value, String user) {
    if (!value.startsWith(PREFIX) || value.length() != PREFIX.length() + 40)
      return Optional.empty();
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(value.substring(PREFIX.length()));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    var given = Arrays.copyOfRange(bytes, SIGNED, SIGNED + MAC);
    if (!MessageDigest.isEqual(given, mac(bytes, user)) || bytes[0] != VERSION)
      return Optional.empty();
    var read = ByteBuffer.wrap(bytes, 1, 8);
    int partition = read.getShort() & 0xFFFF;
    long offset = ((read.getShort() & 0xFFFFL) << 32) | (read.getInt() & 0xFFFFFFFFL);
    return Optional.of(new ResponseId(value, partition, offset));
  }

  private byte[] mac(byte[] bytes, String user) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(bytes, 0, SIGNED);
      mac.update(user.getBytes(UTF_8));
      return Arrays.copyOf(mac.doFinal(), MAC);
    } catch (GeneralSecurityException absent) {
      throw new IllegalStateException("every Java platform has HmacSHA256", absent);
    }
  }
}
