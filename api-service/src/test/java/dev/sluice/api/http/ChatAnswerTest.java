package dev.sluice.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.responses.RequestJson;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class ChatAnswerTest {
  private static final String MESSAGE =
      "{'type':'message','content':[{'type':'output_text','text':'Hi','annotations':[],'logprobs':[]}]}";
  private static final String CALL =
      "{'type':'function_call','id':'fc_1','call_id':'c1','name':'f','arguments':'{}'}";

  @Test
  void a_text_is_a_message() {
    var chat = ChatAnswer.of(response(MESSAGE));
    assertThat(chat.path("choices").path(0).path("message"))
        .isEqualTo(json("{'role':'assistant','content':'Hi','refusal':null,'annotations':[]}"));
    assertThat(chat.path("id").asString()).isEqualTo("resp_1");
    assertThat(chat.path("usage"))
        .isEqualTo(
            json(
                "{'prompt_tokens':7,'completion_tokens':2,'total_tokens':9,'prompt_tokens_details':{'cached_tokens':4}}"));
  }

  @Test
  void a_function_call_is_a_tool_call_and_no_text() {
    var choice = ChatAnswer.of(response(CALL)).path("choices").path(0);
    assertThat(choice.path("finish_reason").asString()).isEqualTo("tool_calls");
    assertThat(choice.path("message").path("content").isNull()).isTrue();
    assertThat(choice.path("message").path("tool_calls").path(0))
        .isEqualTo(json("{'id':'c1','type':'function','function':{'name':'f','arguments':'{}'}}"));
  }

  @ParameterizedTest
  @CsvSource({"max_output_tokens,length", "content_filter,content_filter", "none,stop"})
  void the_reason_to_stop_is_told(String reason, String finish) {
    var response = response(MESSAGE);
    response.putObject("incomplete_details").put("reason", reason);
    assertThat(ChatAnswer.finishReason(response)).isEqualTo(finish);
  }

  @Test
  void chunks_say_whose_words_they_are_once_and_what_they_cost_at_the_end() {
    var chunks = new ChatChunks(response(""), true);
    var all = new ArrayList<ObjectNode>();
    for (var event :
        List.of(
            "{'type':'response.created'}",
            "{'type':'response.output_text.delta','delta':'H'}",
            "{'type':'response.output_text.delta','delta':'i'}"))
      chunks.of(json(event)).ifPresent(all::add);
    all.addAll(chunks.end(response(MESSAGE)));
    assertThat(all.stream().map(chunk -> chunk.path("choices").path(0).path("delta")))
        .containsExactly(
            json("{'role':'assistant','content':'H'}"),
            json("{'content':'i'}"),
            json("{}"),
            all.getLast().path("choices").path(0).path("delta"));
    assertThat(all.get(2).path("choices").path(0).path("finish_reason").asString())
        .isEqualTo("stop");
    assertThat(all.subList(0, 3)).allMatch(chunk -> chunk.path("usage").isNull());
    assertThat(all.getLast().path("choices")).isEmpty();
    assertThat(all.getLast().path("usage").path("total_tokens").asInt()).isEqualTo(9);
  }

  @Test
  void a_call_comes_in_pieces_that_belong_together() {
    var chunks = new ChatChunks(response(""), false);
    var added =
        chunks.of(json("{'type':'response.output_item.added','item':" + CALL + "}")).orElseThrow();
    var piece =
        chunks
            .of(
                json(
                    "{'type':'response.function_call_arguments.delta','item_id':'fc_1','delta':'{'}"))
            .orElseThrow();
    assertThat(added.path("choices").path(0).path("delta").path("tool_calls").path(0).path("id"))
        .hasToString("\"c1\"");
    assertThat(piece.path("choices").path(0).path("delta").path("tool_calls").path(0))
        .isEqualTo(json("{'index':0,'function':{'arguments':'{'}}"));
    assertThat(piece.has("usage")).isFalse();
  }

  private static ObjectNode response(String output) {
    return json(
        """
        {'id':'resp_1','created_at':1,'model':'m','status':'completed','output':[%s],
         'usage':{'input_tokens':7,'output_tokens':2,'total_tokens':9,
                  'input_tokens_details':{'cached_tokens':4}}}
        """
            .formatted(output));
  }

  private static ObjectNode json(String text) {
    return RequestJson.object(text.replace('\'', '"'));
  }
}
