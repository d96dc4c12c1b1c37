package dev.sluice.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import tools.jackson.databind.json.JsonMapper;

/**
 * Events of a response as they are, but for the first: OpenAI's own stream helpers accept none but
 * {@code response.created} there, so the response that is queued is told as one that is created
 * with the status {@code queued}, as OpenAI does in the background. Belongs to one request's
 * thread.
 */
final class ResponseSink implements Delivery.Sink {
  private static final byte[] QUEUED = "{\"type\":\"response.queued\"".getBytes(UTF_8);
  private static final byte[] CREATED = "{\"type\":\"response.created\"".getBytes(UTF_8);
  private static final JsonMapper JSON = new JsonMapper();

  private final EventStreamWriter out;

  ResponseSink(EventStreamWriter out) {
    this.out = out;
  }

  @Override
  public void event(Reply event) throws IOException {
    event(event.event());
  }

  void event(byte[] event) throws IOException {
    var told = startsWith(event, QUEUED) ? created(event) : event;
    out.event(EventType.of(told), told);
  }

  private static boolean startsWith(byte[] event, byte[] prefix) {
    return event.length >= prefix.length
        && Arrays.equals(event, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static byte[] created(byte[] queued) {
    int rest = queued.length - QUEUED.length;
    return ByteBuffer.allocate(CREATED.length + rest)
        .put(CREATED)
        .put(queued, QUEUED.length, rest)
        .array();
  }

  @Override
  public void idle() throws IOException {
    out.comment();
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void broken(SluiceException why) throws IOException {
    var event = JSON.createObjectNode();
    event.put("type", "error");
    event.put("code", why.code().code());
    event.put("message", why.detail());
    event.put("param", why.param());
    out.event("error", JSON.writeValueAsString(event).getBytes(UTF_8));
    out.flush();
  }
}
