package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads what clients send: strictly, and so that nothing of it changes on its way through. */
public final class RequestJson {
  /**
   * Levels; what is made of a request is some levels deeper, and must be written and read again.
   */
  static final int DEEPEST_REQUEST = 200;

  private static final JsonMapper JSON = mapper(StreamReadConstraints.defaults());
  private static final JsonMapper REQUESTS =
      mapper(StreamReadConstraints.builder().maxNestingDepth(DEEPEST_REQUEST).build());

  private RequestJson() {}

  /** Keeps numbers as they were written and refuses what JSON libraries disagree on. */
  private static JsonMapper mapper(StreamReadConstraints constraints) {
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(constraints).build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .build();
  }

  /**
   * What a client has sent.
   *
   * @throws SluiceException with {@link ErrorCode#INVALID_JSON} if it is not one JSON object, or is
   *     nested too deeply
   */
  public static ObjectNode request(String text) {
    return object(REQUESTS, text);
  }

  /**
   * What a client has sent.
   *
   * @param bytes UTF-8; anything else is refused, not mended
   * @throws SluiceException with {@link ErrorCode#INVALID_JSON} if it is not one JSON object, or is
   *     nested too deeply
   */
  public static ObjectNode request(byte[] bytes) {
    return request(text(bytes));
  }

  /**
   * What was admitted, or an event.
   *
   * @throws SluiceException with {@link ErrorCode#INVALID_JSON} if it is not one JSON object
   */
  public static ObjectNode object(String text) {
    return object(JSON, text);
  }

  /**
   * What was admitted, or an event.
   *
   * @param bytes UTF-8
   * @throws SluiceException with {@link ErrorCode#INVALID_JSON} if it is not one JSON object
   */
  public static ObjectNode object(byte[] bytes) {
    return object(text(bytes));
  }

  private static ObjectNode object(JsonMapper mapper, String text) {
    try {
      if (mapper.readTree(text) instanceof ObjectNode object) return object;
    } catch (StreamConstraintsException beyond) {
      throw new SluiceException(
          ErrorCode.INVALID_JSON,
          "The JSON is nested too deeply, or has a number or a name that is too long. Nest at most %d levels."
              .formatted(DEEPEST_REQUEST));
    } catch (JacksonException notJson) {
      // Where it broke would help, but may quote the prompt.
    }
    throw new SluiceException(ErrorCode.INVALID_JSON);
  }

  private static String text(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new SluiceException(ErrorCode.INVALID_JSON);
    }
  }
}
