package dev.sluice.api.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.id.Caller;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class QuestionsTest {
  private static final Caller CALLER = new Caller("u", "t", Set.of("chat"));
  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          # mode        | wish  | body                                              | shared
          OFF           | true  | {'temperature':0}                                 | false
          OPT_IN        | -     | {'temperature':0}                                 | false
          OPT_IN        | true  | {'temperature':1}                                 | true
          OPT_IN        | false | {'temperature':0}                                 | false
          DETERMINISTIC | -     | {'temperature':0}                                 | true
          DETERMINISTIC | -     | {'temperature':0.0}                               | true
          DETERMINISTIC | -     | {'temperature':0,'tools':[{'type':'function'}]}   | true
          DETERMINISTIC | -     | {'temperature':0,'tools':[{'type':'web_search'}]} | false
          DETERMINISTIC | -     | {'temperature':0.1}                               | false
          DETERMINISTIC | -     | {'temperature':'0'}                               | false
          DETERMINISTIC | -     | {}                                                | false
          DETERMINISTIC | true  | {}                                                | true
          DETERMINISTIC | false | {'temperature':0}                                 | false
          ALL           | -     | {'temperature':1}                                 | true
          ALL           | false | {'temperature':0}                                 | false
          """)
  void which_are_shared_is_configured_and_wished(
      CacheProperties.Mode mode, @Nullable Boolean wish, String body, boolean shared) {
    assertThat(questions(mode).of(CALLER, body(body), wish, true).isPresent()).isEqualTo(shared);
  }

  @ParameterizedTest
  @CsvSource({"true,,true", "false,,false", "false,true,true"})
  void an_answer_that_is_not_to_be_stored_is_kept_only_where_that_is_wished(
      boolean storing, @Nullable Boolean wish, boolean kept) {
    var question = questions(CacheProperties.Mode.ALL).of(CALLER, body("{}"), wish, storing);
    assertThat(question).map(Question::kept).contains(kept);
  }

  private static Questions questions(CacheProperties.Mode mode) {
    return new Questions(
        new CacheProperties(mode, CacheProperties.Scope.USER, Duration.ofHours(1), 262_144));
  }

  private static ObjectNode body(String text) {
    return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
  }
}
