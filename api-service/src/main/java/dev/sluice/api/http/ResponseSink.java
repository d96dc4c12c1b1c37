package dev.sluice.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Reply;
import java.io.IOException;
import tools.jackson.databind.json.JsonMapper;

/** Events of a response as they are. Belongs to one request's thread. */
final class ResponseSink implements Delivery.Sink {
  private static final JsonMapper JSON = new JsonMapper();

  private final EventStreamWriter out;

  ResponseSink(EventStreamWriter out) {
    this.out = out;
  }

  @Override
  public void event(Reply event) throws IOException {
    out.event(EventType.of(event.event()), event.event());
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
