package dev.sluice.api.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class FingerprintTest {
  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'a':1,'b':[1,2]}           | {'b':[1,2],'a':1}
          {'a':1}                     | {'a':1.0}
          {'a':100}                   | {'a':1e2}
          {'a':'x'}                   | {'a':'x','stream':true,'background':true}
          {'a':'x'}                   | {'a':'x','top_p':null}
          """)
  void the_same_question_in_another_spelling_is_the_same(String one, String other) {
    assertThat(print(one)).isEqualTo(print(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'a':[1,2]}                 | {'a':[2,1]}
          {'a':'1'}                   | {'a':1}
          {'a':true}                  | {'a':'true'}
          {'a':{'b':1},'c':2}         | {'a':{'b':1,'c':2}}
          {'a':['x','yz']}            | {'a':['xy','z']}
          {'a':[['x'],'y']}           | {'a':['x',['y']]}
          {'a':{'metadata':1}}        | {'a':{'metadata':2}}
          {'a':1,'metadata':{'b':'1'}} | {'a':1,'metadata':{'b':'2'}}
          {'a':1,'field_of_tomorrow':1} | {'a':1,'field_of_tomorrow':2}
          """)
  void what_may_change_the_answer_is_another_question(String one, String other) {
    assertThat(print(one)).isNotEqualTo(print(other));
  }

  @org.junit.jupiter.api.Test
  void a_question_of_another_scope_is_another_question() {
    var body = (ObjectNode) JSON.readTree("{}");
    assertThat(Fingerprint.of("user:a", body)).isNotEqualTo(Fingerprint.of("team:a", body));
  }

  private static String print(String body) {
    return Fingerprint.of("user:u", (ObjectNode) JSON.readTree(body.replace('\'', '"')));
  }
}
