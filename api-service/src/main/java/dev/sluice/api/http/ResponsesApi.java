package dev.sluice.api.http;

import dev.sluice.api.admission.Wishes;
import dev.sluice.api.responses.RequestJson;
import dev.sluice.api.responses.Responder;
import dev.sluice.api.responses.Retrieved;
import dev.sluice.api.responses.StartingAfter;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.topic.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/responses} over plain HTTP, as OpenAI has it. */
@RestController
class ResponsesApi {
  private final Responder responder;
  private final Answers answers;
  private final RequestBodies bodies;
  private final Failures failures;

  ResponsesApi(Responder responder, Answers answers, RequestBodies bodies, Failures failures) {
    this.responder = responder;
    this.answers = answers;
    this.bodies = bodies;
    this.failures = failures;
  }

  @PostMapping("/v1/responses")
  void create(Caller caller, HttpServletRequest request, HttpServletResponse response) {
    var body = bodies.read(request);
    boolean stream = RequestBodies.flag(body, "stream");
    boolean background = RequestBodies.flag(body, "background");
    if (background) requireStored(body);
    if (stream) stream(caller, body, background, request, response);
    else if (background) background(caller, body, request, response);
    else whole(caller, body, request, response);
  }

  @GetMapping("/v1/responses/{id}")
  void retrieve(
      Caller caller,
      @PathVariable String id,
      @RequestParam @Nullable String stream,
      @RequestParam(name = "starting_after") @Nullable String startingAfter,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (!Boolean.parseBoolean(stream)) {
      var known = responder.retrieve(caller, id);
      Answers.name(response, id);
      Answers.json(response, known.response());
      return;
    }
    var begun = answers.resume(caller, id, StartingAfter.of(startingAfter), request);
    begun.delivery().awaitAccepted();
    Answers.name(response, id);
    deliver(begun, new EventStreamWriter(response));
  }

  @PostMapping("/v1/responses/{id}/cancel")
  void cancel(Caller caller, @PathVariable String id, HttpServletResponse response) {
    var known = responder.cancelAndAwait(caller, id);
    Answers.name(response, id);
    Answers.json(response, known.response());
  }

  @DeleteMapping("/v1/responses/{id}")
  Map<String, Object> delete(Caller caller, @PathVariable String id) {
    responder.delete(caller, id);
    return Map.of("id", id, "object", "response", "deleted", true);
  }

  private void stream(
      Caller caller,
      ObjectNode body,
      boolean background,
      HttpServletRequest request,
      HttpServletResponse response) {
    var prepared = responder.prepare(caller, body, wishes(request, body, priority(background)));
    var begun = answers.beginResumable(prepared, request, background);
    begun.delivery().awaitAccepted();
    Answers.describe(response, prepared);
    var out = new EventStreamWriter(response);
    try {
      out.begin();
      new ResponseSink(out).event(prepared.queued());
      out.flush();
    } catch (IOException gone) {
      begun.delivery().abandon();
      return;
    }
    deliver(begun, out);
  }

  private void deliver(Answers.Begun begun, EventStreamWriter out) {
    try {
      out.begin();
    } catch (IOException gone) {
      begun.delivery().abandon();
      return;
    }
    begun.delivery().stream(answers.keepAlive(), new ResponseSink(out));
  }

  private void background(
      Caller caller, ObjectNode body, HttpServletRequest request, HttpServletResponse response) {
    var prepared = responder.prepare(caller, body, wishes(request, body, Priority.BACKGROUND));
    var begun = answers.beginUnwatched(prepared, request);
    begun.delivery().awaitAccepted();
    begun.watch().leave();
    Answers.describe(response, prepared);
    Answers.json(response, Retrieved.ofEvent(prepared.queued()));
  }

  private void whole(
      Caller caller, ObjectNode body, HttpServletRequest request, HttpServletResponse response) {
    var wishes = wishes(request, body, Priority.INTERACTIVE);
    var prepared = responder.prepare(caller, body, wishes);
    var begun = answers.begin(prepared, wishes, request);
    begun.delivery().awaitAccepted();
    Answers.describe(response, prepared);
    var end = begun.delivery().awaitEnd();
    if (end == null) return;
    var answer = Retrieved.ofEvent(end.event());
    var failure = failures.of(RequestJson.object(answer));
    if (failure.isPresent()) Answers.error(response, failure.get());
    else Answers.json(response, answer);
  }

  private static Wishes wishes(HttpServletRequest request, ObjectNode body, Priority priority) {
    return RequestBodies.wishes(request, body).withPriority(priority);
  }

  private static Priority priority(boolean background) {
    return background ? Priority.BACKGROUND : Priority.INTERACTIVE;
  }

  private static void requireStored(ObjectNode body) {
    var store = body.path("store");
    if (store.isBoolean() && !store.booleanValue())
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "store must not be false where background is true: nobody would get the answer.",
          "store");
  }
}
