import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.responses.ResponsesClientEvent;
import com.openai.models.responses.ResponsesClientEvent.ResponseCreate;

/**
 * Asks a question through Sluice with OpenAI's own SDK. Its jars are in the worker's, which is there
 * once the stack has been up:
 *
 * <pre>
 * java -Djarmode=tools -jar worker-service/target/worker-service.jar extract --force --destination target/sdk
 * java -cp 'target/sdk/lib/*' docs/examples/Ask.java http://localhost:8080/v1 "$(./sluice token user1)" "Why is the sea salty?"
 * </pre>
 */
void main(String[] arguments) {
  var client =
      OpenAIOkHttpClient.builder().baseUrl(arguments[0]).apiKey(arguments[1]).build();
  try (var connection = client.responses().connect()) {
    connection.send(
        ResponsesClientEvent.ofResponseCreate(
            ResponseCreate.builder().model("gpt-4o-mini").input(arguments[2]).build()));
    for (var event = connection.receive(); ; event = connection.receive()) {
      event.responseOutputTextDelta().ifPresent(delta -> IO.print(delta.delta()));
      if (event.isResponseCompleted()) break;
    }
    IO.println();
  }
}
