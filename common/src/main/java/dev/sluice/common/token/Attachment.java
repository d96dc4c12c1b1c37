package dev.sluice.common.token;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What is sent beside text: images, files and audio. Estimates err on the safe side. */
final class Attachment {
  // OpenAI's guide to PDF files: a page costs its text and an image of it. A page of a document
  // that is mostly text has 2 to 5 KB, 800 tokens of text and, with gpt-4o, 1,445 of image.
  private static final int BYTES_PER_TOKEN_OF_FILE = 2;

  /** About ten such pages. A longer file shows in the provider's own count soon enough. */
  static final long MOST_OF_FILE = 20_000;

  // UTF-8 has one byte a letter in Latin scripts, of which four make a token, and three in Chinese.
  private static final int BYTES_PER_TOKEN_OF_TEXT = 3;
  private static final Set<String> TEXT_ENDINGS =
      Set.of("txt", "md", "csv", "tsv", "json", "xml", "html", "htm", "yaml", "yml", "log");

  // OpenAI's guide to realtime costs: a token for 100 ms of the user's audio. 32 kbit/s is the
  // least that is usual for MP3, 8,000 samples of 16 bits for WAV.
  private static final int BYTES_PER_TOKEN_OF_MP3 = 400;
  private static final int BYTES_PER_TOKEN_OF_WAV = 1_600;

  private Attachment() {}

  /**
   * The tokens of {@code part}; -1 if it is no attachment.
   *
   * @param part an object of any shape
   */
  static long tokens(JsonNode part, ImagePrice images) {
    return switch (part.path("type").asString("")) {
      case "input_image", "computer_screenshot", "image_url" ->
          images.tokens(size(part.path("image_url")), part.path("detail").asString(null));
      case "image_generation_call" ->
          images.tokens(ImageSize.ofData(part.path("result").asString(""), 0), null);
      case "input_file" -> file(part);
      case "input_audio" -> audio(part.path("input_audio"));
      default -> part.has("image_url") ? images.tokens(size(part.path("image_url")), null) : -1;
    };
  }

  private static Optional<ImageSize> size(JsonNode imageUrl) {
    var url = imageUrl.isObject() ? imageUrl.path("url") : imageUrl;
    return ImageSize.ofUrl(url.asString(""));
  }

  private static long file(JsonNode part) {
    var data = part.path("file_data").asString(null);
    if (data == null) return MOST_OF_FILE;
    long bytes = bytes(data);
    if (isText(data, part.path("filename").asString("")))
      return bytes / BYTES_PER_TOKEN_OF_TEXT + 1;
    return Math.min(MOST_OF_FILE, bytes / BYTES_PER_TOKEN_OF_FILE + 1);
  }

  private static boolean isText(String data, String name) {
    return data.regionMatches(true, 0, "data:text/", 0, 10)
        || TEXT_ENDINGS.contains(
            name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  private static long audio(JsonNode audio) {
    boolean wave = audio.path("format").asString("").equals("wav");
    return bytes(audio.path("data").asString(""))
            / (wave ? BYTES_PER_TOKEN_OF_WAV : BYTES_PER_TOKEN_OF_MP3)
        + 1;
  }

  /** Of base64, a data URL's head included. */
  private static long bytes(@Nullable String data) {
    return data == null ? 0 : data.length() * 3L / 4;
  }
}
