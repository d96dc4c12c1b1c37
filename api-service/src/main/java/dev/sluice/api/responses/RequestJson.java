package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads what clients send: strictly, and so that nothing of it changes on its way through. */
public final class RequestJson {
  // Keeps numbers as they were written and refuses what JSON libraries disagree on.
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private RequestJson() {}

  /**
   * @throws SluiceException with {@link ErrorCode#INVALID_JSON} if it is not one JSON object
   */
  public static ObjectNode object(String text) {
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) return object;
    } catch (JacksonException notJson) {
      // Where it broke would help, but may quote the prompt.
    }
    throw new SluiceException(ErrorCode.INVALID_JSON);
  }

  /**
   * @param bytes UTF-8; anything else is refused, not mended
   * @throws SluiceException with {@link ErrorCode#INVALID_JSON} if it is not one JSON object
   */
  public static ObjectNode object(byte[] bytes) {
    try {
      return object(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException notUtf8) {
      throw new SluiceException(ErrorCode.INVALID_JSON);
    }
  }
}
