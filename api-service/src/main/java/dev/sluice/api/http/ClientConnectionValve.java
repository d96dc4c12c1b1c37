package dev.sluice.api.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/** Lets whoever works on a request see that its client has gone. */
final class ClientConnectionValve extends ValveBase {
  /*
   * The servlet API tells of a closed connection only when something is written to it; a client that
   * waits for plain JSON is written to once, at the end. So the connector is asked for input without
   * blocking: what comes early stays in its buffer, and the end of the stream is reported as one
   * byte that is not there. A client that pipelines its next request has sent more than one.
   */
  private static final int END = 1;

  ClientConnectionValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    var connector = request.getCoyoteRequest();
    request.setAttribute(
        ClientConnection.ATTRIBUTE,
        (ClientConnection)
            () -> {
              connector.action(ActionCode.AVAILABLE, true);
              return connector.getAvailable() == END;
            });
    getNext().invoke(request, response);
  }
}
