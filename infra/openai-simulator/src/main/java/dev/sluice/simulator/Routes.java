package dev.sluice.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sluice.simulator.wire.Endpoint;
import dev.sluice.simulator.wire.ErrorTexts;
import dev.sluice.simulator.wire.RejectedRequest;
import dev.sluice.simulator.wire.RequestReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Which part answers which path. */
final class Routes implements HttpHandler {
  private static final System.Logger LOG = System.getLogger(Routes.class.getName());

  private static final String MODELS = "/v1/models";
  private static final long MODELS_CREATED = 1_721_172_741;

  private final Provider provider;
  private final ModelApi models;
  private final ControlApi control;
  private final OrganizationApi organization;

  Routes(Provider provider, ControlApi control, boolean unknownParametersAllowed) {
    this.provider = provider;
    this.models = new ModelApi(provider, new RequestReader(unknownParametersAllowed));
    this.control = control;
    this.organization = new OrganizationApi(provider);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    var call = new Call(exchange, provider.ticker(), provider.ids().next("req_"));
    try {
      route(call);
    } catch (RejectedRequest refused) {
      call.reply(refused.error());
    } catch (RuntimeException bug) {
      // The JDK's server would close the connection without a word.
      LOG.log(Level.ERROR, "The simulator failed on " + call.path() + ": please report this", bug);
      throw new DroppedConnection("internal error");
    }
  }

  private void route(Call call) throws IOException {
    var path = call.path();
    for (var endpoint : Endpoint.values()) {
      if (path.equals(endpoint.path())) {
        ask(endpoint, call);
        return;
      }
    }
    if (control.handle(call)) {
      return;
    }
    call.body();
    if (organization.handle(call)) {
      return;
    }
    if (path.equals(MODELS) || path.startsWith(MODELS + "/")) {
      describe(call);
      return;
    }
    throw new RejectedRequest(ErrorTexts.unknownUrl(call.method(), path));
  }

  private void ask(Endpoint endpoint, Call call) throws IOException {
    if (call.method().equals("POST")) {
      models.handle(endpoint, call);
      return;
    }
    call.body();
    throw new RejectedRequest(ErrorTexts.wrongMethod(call.method(), call.path()));
  }

  private void describe(Call call) throws IOException {
    Authorization.check(call);
    if (!call.method().equals("GET")) {
      throw new RejectedRequest(ErrorTexts.wrongMethod(call.method(), call.path()));
    }
    if (call.path().equals(MODELS)) {
      var list = JsonMapper.shared().createObjectNode().put("object", "list");
      var data = list.putArray("data");
      provider.limits().limits().keySet().forEach(model -> data.add(model(model)));
      call.json(list.toString());
      return;
    }
    var model = call.path().substring(MODELS.length() + 1);
    if (provider.limits().pool(model).isEmpty()) {
      throw new RejectedRequest(ErrorTexts.unknownModel(model));
    }
    call.json(model(model).toString());
  }

  private static ObjectNode model(String id) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("id", id)
        .put("object", "model")
        .put("created", MODELS_CREATED)
        .put("owned_by", "system");
  }
}
