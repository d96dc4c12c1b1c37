package dev.sluice.api.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.error.SluiceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ShapeTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final Shape shape = new Shape(1_000);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'model':'m','input':'hi'}",
        "{'model':'m','input':[{'role':'user','content':'hi'}]}",
        "{'model':'m','input':'hi','max_output_tokens':16,'temperature':0.5,'tools':[]}",
        "{'model':'m','prompt':{'id':'pmpt_1'}}",
        "{'model':'m','input':'hi','previous_response_id':null,'background':false}",
        "{'model':'m','input':'hi','field_of_tomorrow':{'x':1}}"
      })
  void a_well_formed_request_passes(String body) {
    assertThatCode(() -> shape.check(json(body))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'input':'hi'}                                    | missing_required_parameter | model
          {'model':'m'}                                     | missing_required_parameter | input
          {'model':'m','input':null}                        | missing_required_parameter | input
          {'model':7,'input':'hi'}                          | invalid_type               | model
          {'model':'','input':'hi'}                         | invalid_type               | model
          {'model':'m','input':''}                          | empty_input                | input
          {'model':'m','input':'  '}                        | empty_input                | input
          {'model':'m','input':[]}                          | empty_input                | input
          {'model':'m','input':7}                           | invalid_type               | input
          {'model':'m','input':['hi']}                      | invalid_type               | input[0]
          {'model':'m','input':'hi','max_output_tokens':0}  | invalid_value              | max_output_tokens
          {'model':'m','input':'hi','max_output_tokens':99999999999} | invalid_value     | max_output_tokens
          {'model':'m','input':'hi','max_output_tokens':1.5}| invalid_type               | max_output_tokens
          {'model':'m','input':'hi','temperature':'hot'}    | invalid_type               | temperature
          {'model':'m','input':'hi','metadata':{'a':1}}     | invalid_type               | metadata
          {'model':'m','input':'hi','conversation':'conv'}  | unsupported_parameter      | conversation
          {'model':'m','input':'hi','previous_response_id':'resp_1'} | unsupported_parameter | previous_response_id
          {'model':'m','input':'hi','background':true}      | unsupported_parameter      | background
          """)
  void a_mistake_is_named(String body, String code, String param) {
    var refusal = catchThrowableOfType(SluiceException.class, () -> shape.check(json(body)));
    assertThat(refusal.code().code()).isEqualTo(code);
    assertThat(refusal.param()).isEqualTo(param);
  }

  @Test
  void a_large_request_is_refused_with_its_figures() {
    var refusal = catchThrowableOfType(SluiceException.class, () -> shape.checkSize(1_001));
    assertThat(refusal.detail()).contains("1,001 bytes, 1,000 are allowed");
  }

  private static ObjectNode json(String body) {
    return (ObjectNode) JSON.readTree(body.replace('\'', '"'));
  }
}
