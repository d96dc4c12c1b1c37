package dev.sluice.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.api.responses.RequestJson;
import dev.sluice.common.error.SluiceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class ChatRequestTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'max_completion_tokens':20                | 'max_output_tokens':20
          'max_tokens':20                           | 'max_output_tokens':20
          'temperature':0.50                        | 'temperature':0.50
          'store':true                              | 'store':true
          'reasoning_effort':'low'                  | 'reasoning':{'effort':'low'}
          'verbosity':'high'                        | 'text':{'verbosity':'high'}
          'logprobs':true,'top_logprobs':2          | 'top_logprobs':2,'include':['message.output_text.logprobs']
          'response_format':{'type':'json_object'}  | 'text':{'format':{'type':'json_object'}}
          'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'a':1}}} | 'text':{'format':{'type':'json_schema','name':'n','schema':{'a':1}}}
          'tools':[{'type':'function','function':{'name':'f','parameters':{}}}] | 'tools':[{'type':'function','name':'f','parameters':{},'strict':false}]
          'tools':[{'type':'custom','custom':{'name':'c','format':{'type':'grammar','grammar':{'syntax':'lark','definition':'d'}}}}] | 'tools':[{'type':'custom','name':'c','format':{'type':'grammar','syntax':'lark','definition':'d'}}]
          'tool_choice':'required'                  | 'tool_choice':'required'
          'tool_choice':{'type':'function','function':{'name':'f'}} | 'tool_choice':{'type':'function','name':'f'}
          'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':[{'type':'function','function':{'name':'f'}}]}} | 'tool_choice':{'type':'allowed_tools','mode':'auto','tools':[{'type':'function','name':'f'}]}
          'n':1,'presence_penalty':0.0,'stop':null,'logit_bias':{},'modalities':['text'] | ``
          'stream_options':{'include_usage':true,'include_obfuscation':false} | 'stream_options':{'include_obfuscation':false}
          'a_field_of_tomorrow':{'x':1.10}          | 'a_field_of_tomorrow':{'x':1.10}
          """)
  void a_field_goes_to_its_counterpart(String chat, String response) {
    var body = ChatRequest.toResponse(chat(chat));
    assertThat(body.remove("input")).isNotNull();
    var expected = json("{'model':'m'" + (response.isBlank() ? "" : "," + response) + "}");
    if (!expected.has("store")) expected.put("store", false);
    assertThat(body).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'role':'system','content':'s'}    | {'role':'system','content':'s'}
          {'role':'user','content':'u','name':'ada'} | {'role':'user','content':'u'}
          {'role':'user','content':[{'type':'text','text':'t'},{'type':'image_url','image_url':{'url':'http://i','detail':'low'}},{'type':'file','file':{'file_id':'f'}}]} | {'role':'user','content':[{'type':'input_text','text':'t'},{'type':'input_image','image_url':'http://i','detail':'low'},{'type':'input_file','file_id':'f'}]}
          {'role':'assistant','content':'a'} | {'role':'assistant','content':'a'}
          {'role':'assistant','content':[{'type':'text','text':'t'}]} | {'role':'assistant','content':[{'type':'output_text','text':'t'}]}
          {'role':'assistant','content':null,'refusal':'no'} | {'role':'assistant','content':[{'type':'refusal','refusal':'no'}]}
          {'role':'assistant','tool_calls':[{'id':'c1','type':'function','function':{'name':'f','arguments':'{}'}}]} | {'type':'function_call','call_id':'c1','name':'f','arguments':'{}'}
          {'role':'assistant','tool_calls':[{'id':'c1','type':'custom','custom':{'name':'f','input':'i'}}]} | {'type':'custom_tool_call','call_id':'c1','name':'f','input':'i'}
          {'role':'tool','tool_call_id':'c1','content':'42'} | {'type':'function_call_output','call_id':'c1','output':'42'}
          """)
  void a_message_becomes_an_item(String message, String item) {
    var chat = json("{'model':'m','messages':[" + message + "]}");
    assertThat(ChatRequest.toResponse(chat).path("input").path(0)).isEqualTo(json(item));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'model':'m'}                                             | missing_required_parameter | messages
          {'model':'m','messages':[]}                               | empty_input                | messages
          {'model':'m','messages':'hi'}                             | invalid_type               | messages
          {'model':'m','messages':['hi']}                           | invalid_type               | messages[0]
          {'model':'m','messages':[{'role':'robot','content':'x'}]} | invalid_value              | messages[0].role
          {'model':'m','messages':[{'role':'user'}]}                | invalid_type               | messages[0].content
          {'model':'m','messages':[{'role':'tool','content':'x'}]}  | missing_required_parameter | messages[0].tool_call_id
          {'messages':[{'role':'user','content':'x'}],'n':2}        | unsupported_parameter      | n
          {'messages':[{'role':'user','content':'x'}],'stop':'.'}   | unsupported_parameter      | stop
          {'messages':[{'role':'user','content':'x'}],'seed':7}     | unsupported_parameter      | seed
          {'messages':[{'role':'user','content':'x'}],'functions':[{'name':'f'}]} | unsupported_parameter | functions
          {'messages':[{'role':'user','content':'x'}],'max_tokens':1,'max_completion_tokens':1} | invalid_value | max_tokens
          {'messages':[{'role':'user','content':'x'}],'tools':{}}   | invalid_type               | tools
          """)
  void what_has_no_counterpart_is_refused_and_named(String chat, String code, String param) {
    var refusal =
        catchThrowableOfType(SluiceException.class, () -> ChatRequest.toResponse(json(chat)));
    assertThat(refusal.code().code()).isEqualTo(code);
    assertThat(refusal.param()).isEqualTo(param);
  }

  @Test
  void a_refusal_names_the_field_that_the_client_knows() {
    assertThat(ChatRequest.param("input")).isEqualTo("messages");
    assertThat(ChatRequest.param("temperature")).isEqualTo("temperature");
  }

  private static ObjectNode chat(String fields) {
    return json("{'model':'m','messages':[{'role':'user','content':'hi'}]," + fields + "}");
  }

  private static ObjectNode json(String text) {
    return RequestJson.object(text.replace('\'', '"'));
  }
}
