package dev.sluice.api.http;

import dev.sluice.api.admission.Wishes;
import dev.sluice.api.responses.PreparedRequest;
import dev.sluice.api.responses.RequestJson;
import dev.sluice.api.responses.Responder;
import dev.sluice.api.responses.Retrieved;
import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /v1/chat/completions}: converted to a request for a response on the way in, and back
 * on the way out. There is no coming back to a chat completion but by its idempotency key, so one
 * without a key whose client has gone is cancelled at once.
 */
@RestController
class ChatCompletions {
  private static final JsonMapper JSON = new JsonMapper();

  private final Responder responder;
  private final Answers answers;
  private final RequestBodies bodies;
  private final Failures failures;
  private final ErrorBody errors;

  ChatCompletions(
      Responder responder,
      Answers answers,
      RequestBodies bodies,
      Failures failures,
      ErrorBody errors) {
    this.responder = responder;
    this.answers = answers;
    this.bodies = bodies;
    this.failures = failures;
    this.errors = errors;
  }

  @PostMapping("/v1/chat/completions")
  void complete(Caller caller, HttpServletRequest request, HttpServletResponse response) {
    var chat = bodies.read(request);
    boolean stream = RequestBodies.flag(chat, "stream");
    boolean usageWanted = chat.path("stream_options").path("include_usage").asBoolean(false);
    if (!stream && chat.hasNonNull("stream_options"))
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "stream_options is only allowed where stream is true.",
          "stream_options");
    var wishes = RequestBodies.wishes(request, chat);
    var prepared = prepare(caller, ChatRequest.toResponse(chat), wishes);
    var begun = answers.begin(prepared, wishes, request);
    begun.delivery().awaitAccepted();
    Answers.describe(response, prepared);
    if (stream) stream(begun, prepared, usageWanted, response);
    else whole(begun, response);
  }

  private PreparedRequest prepare(Caller caller, ObjectNode body, Wishes wishes) {
    try {
      return responder.prepare(caller, body, wishes);
    } catch (SluiceException refused) {
      if (refused.param() == null) throw refused;
      throw new SluiceException(
          refused.code(), refused.detail(), ChatRequest.param(refused.param()));
    }
  }

  private void stream(
      Answers.Begun begun,
      PreparedRequest prepared,
      boolean usageWanted,
      HttpServletResponse response) {
    var queued = RequestJson.object(Retrieved.ofEvent(prepared.queued()));
    var chunks = new ChatChunks(queued, usageWanted);
    begun.delivery().stream(answers.keepAlive(), new ChatSink(response, chunks, failures, errors));
  }

  private void whole(Answers.Begun begun, HttpServletResponse response) {
    var end = begun.delivery().awaitEnd();
    if (end == null) return;
    var answer = RequestJson.object(Retrieved.ofEvent(end.event()));
    var failure = failures.ofCompletion(answer);
    if (failure.isPresent()) Answers.error(response, failure.get());
    else Answers.json(response, JSON.writeValueAsBytes(ChatAnswer.of(answer)));
  }
}
