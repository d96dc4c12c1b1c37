package dev.sluice.common.token;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Optional;

/**
 * An image's size in px, read from the head of its data: PNG, JPEG, GIF and WebP, the formats that
 * the provider takes. Nothing is fetched and no pixel is decoded.
 */
record ImageSize(long width, long height) {
  // A JPEG's size stands behind its metadata, a segment of which may have 64 KiB.
  private static final int HEAD_CHARACTERS = 4 * 65_536;

  private static final int LEAST_BYTES = 30;
  private static final long PNG = 0x89504E470D0A1A0AL;
  private static final int GIF = 0x47494638;
  private static final int RIFF = 0x52494646;
  private static final int WEBP = 0x57454250;

  /** Of a {@code data:} URL; empty for any other URL, and where the data is no such image. */
  static Optional<ImageSize> ofUrl(String url) {
    if (!url.regionMatches(true, 0, "data:", 0, 5)) return Optional.empty();
    int comma = url.indexOf(',');
    return comma < 0 ? Optional.empty() : ofData(url, comma + 1);
  }

  /** Of base64 data that begins at {@code from}. */
  static Optional<ImageSize> ofData(String text, int from) {
    int length = Math.min(HEAD_CHARACTERS, (text.length() - from) / 4 * 4);
    try {
      var bytes = Base64.getMimeDecoder().decode(text.substring(from, from + length));
      return bytes.length < LEAST_BYTES
          ? Optional.empty()
          : of(ByteBuffer.wrap(bytes)).filter(size -> size.width > 0 && size.height > 0);
    } catch (IllegalArgumentException noBase64) {
      return Optional.empty();
    }
  }

  private static Optional<ImageSize> of(ByteBuffer data) {
    if (data.getLong(0) == PNG)
      return Optional.of(
          new ImageSize(
              Integer.toUnsignedLong(data.getInt(16)), Integer.toUnsignedLong(data.getInt(20))));
    if (data.getShort(0) == (short) 0xFFD8) return jpeg(data);
    if (data.getInt(0) == RIFF && data.getInt(8) == WEBP) return webp(data);
    if (data.getInt(0) == GIF) {
      data.order(ByteOrder.LITTLE_ENDIAN);
      return Optional.of(new ImageSize(unsigned(data, 6), unsigned(data, 8)));
    }
    return Optional.empty();
  }

  /** ITU T.81, B.1 and B.2: segments with their lengths, up to the frame's header. */
  private static Optional<ImageSize> jpeg(ByteBuffer data) {
    for (int at = 2; at + 9 <= data.limit() && data.get(at) == (byte) 0xFF; ) {
      int marker = data.get(at + 1) & 0xFF;
      if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC)
        return Optional.of(new ImageSize(unsigned(data, at + 7), unsigned(data, at + 5)));
      // Fill bytes may stand before a marker; a segment's length counts itself.
      at += marker == 0xFF ? 1 : 2 + (int) Math.max(2, unsigned(data, at + 2));
    }
    return Optional.empty();
  }

  /** RFC 9649: simple lossy, simple lossless and extended. */
  private static Optional<ImageSize> webp(ByteBuffer data) {
    data.order(ByteOrder.LITTLE_ENDIAN);
    return switch (data.get(15)) {
      case ' ' ->
          Optional.of(new ImageSize(unsigned(data, 26) & 0x3FFF, unsigned(data, 28) & 0x3FFF));
      case 'L' -> {
        int sizes = data.getInt(21);
        yield Optional.of(new ImageSize(1 + (sizes & 0x3FFF), 1 + (sizes >> 14 & 0x3FFF)));
      }
      case 'X' ->
          Optional.of(
              new ImageSize(
                  1 + (data.getInt(24) & 0xFFFFFF), 1 + (data.getInt(26) >>> 8 & 0xFFFFFF)));
      default -> Optional.empty();
    };
  }

  private static long unsigned(ByteBuffer data, int at) {
    return Short.toUnsignedLong(data.getShort(at));
  }
}
