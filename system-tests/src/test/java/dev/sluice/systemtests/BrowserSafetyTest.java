package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers are a stranger's text: they are shown, never run, however they are written. */
class BrowserSafetyTest {
  /** Elements and attributes outside what answers are made of, and links that lead elsewhere. */
  private static final String FOREIGN =
      """
      (root) => {
        const elements = new Set(['P', 'H3', 'H4', 'H5', 'H6', 'UL', 'OL', 'LI', 'PRE', 'CODE', 'STRONG', 'EM',
          'DEL', 'A', 'BLOCKQUOTE', 'HR', 'DIV', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD']);
        const attributes = new Set(['start', 'tabindex', 'role', 'aria-label', 'class', 'href', 'target', 'rel']);
        const found = [];
        for (const element of root.querySelectorAll('*')) {
          if (!elements.has(element.tagName)) found.push(element.tagName);
          for (const { name } of element.attributes) if (!attributes.has(name)) found.push(name);
          if (element.tagName === 'A' && !/^(https?|mailto):/.test(element.href)) found.push(element.href);
        }
        return found;
      }
      """;

  @RegisterExtension static final TestingBrowser BROWSER = new TestingBrowser();

  @BeforeEach
  void behave() {
    TestingSystem.simulator().behave();
  }

  @Test
  void a_hostile_answer_is_shown_as_it_was_written() {
    var hostile =
        "<img src=x onerror=alert(1)> <b>bold</b> [x](javascript:alert(1)) </article><svg>";
    try (var page = BROWSER.open().signIn("user1")) {
      page.ask(hostile).awaitAnswer();
      assertThat(page.answer()).containsText(hostile);
      assertThat(page.part("question")).hasText(hostile);
      assertThat(page.part("conversation-link")).hasText(hostile.substring(0, 59).strip() + "…");
      assertThat((List<?>) page.answer().evaluate(FOREIGN)).isEmpty();
      assertThat(page.answer().locator("a")).hasCount(0);
      page.reload(); // what is kept is shown the same way
      assertThat(page.answer()).containsText(hostile);
      assertThat((List<?>) page.answer().evaluate(FOREIGN)).isEmpty();
      assertThat(page.complaints()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>window.hit = 1</script>",
        "<img src=x onerror='window.hit = 1'>",
        "<iframe srcdoc='<script>parent.hit = 1</script>'></iframe>",
        "[x](javascript:window.hit=1)",
        "[x]( JaVaScRiPt:window.hit=1)",
        "[x](java\tscript:window.hit=1)",
        "[x](data:text/html,<script>1</script>)",
        "[x](//evil.example) [y](/sign-out) [z](#a)",
        "![x](https://evil.example/pixel.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "<a href='javascript:window.hit=1'>x</a>",
        "[<img src=x onerror=window.hit=1>](https://ok.example)",
        "[x](https://ok.example/\"onmouseover=\"window.hit=1)",
        "`<svg onload=window.hit=1>`",
        "```html\n<script>window.hit = 1</script>\n",
        "| a | b |\n|---|---|\n| <script>window.hit=1</script> | [x](vbscript:x) |",
        "> > > <style>*{display:none}</style>",
        "- <form action=https://evil.example><input name=q autofocus onfocus=window.hit=1>",
        "# <math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>",
        "&lt;script&gt;window.hit=1&lt;/script&gt; &#60;img src=x onerror=window.hit=1&#62;",
        "https://ok.example/<script>window.hit=1</script>",
        "\u202Eevil\u202C \u0000 \uFFFF",
      })
  void nothing_hostile_becomes_markup(String answer) {
    try (var page = BROWSER.open()) {
      var found =
          (Map<?, ?>)
              page.page()
                  .evaluate(
                      """
                      async ([text, foreign]) => {
                        const { markdownIn } = await import('./markdown.js');
                        const element = document.createElement('div');
                        document.body.append(element);
                        const show = markdownIn(element);
                        for (let end = 0; end <= text.length; end += 1) show(text.slice(0, end));
                        const grown = element.innerHTML;
                        const whole = document.createElement('div');
                        markdownIn(whole)(text);
                        await new Promise((done) => setTimeout(done, 50));
                        return { foreign: eval(foreign)(element), hit: window.hit !== undefined,
                          same: grown === whole.innerHTML };
                      }
                      """
                          .replace("eval(foreign)", "(" + FOREIGN.strip() + ")"),
                      List.of(answer, ""));
      assertThat((List<?>) found.get("foreign")).isEmpty();
      assertThat(found.get("hit")).isEqualTo(false);
      assertThat(found.get("same")).as("grown letter by letter it looks the same").isEqualTo(true);
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void markdown_looks_like_what_it_means() {
    assertMarkup(
        "a **b** *c* ~~d~~ `e`",
        "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>");
    assertMarkup("# One\n\ntwo", "<h3>One</h3><p>two</p>");
    assertMarkup("3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>");
    assertMarkup("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>");
    assertMarkup("> a\n> - b\n\n---", "<blockquote><p>a</p><ul><li>b</li></ul></blockquote><hr>");
    assertMarkup("snake_case_name 2*3*4 \\*x\\*", "<p>snake_case_name 2*3*4 *x*</p>");
    assertMarkup(
        "See [the *docs*](https://a.example/b_(c)) or https://d.example/e.",
        "<p>See <a href=\"https://a.example/b_(c)\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">"
            + "the <em>docs</em></a> or <a href=\"https://d.example/e\" target=\"_blank\""
            + " rel=\"noopener noreferrer nofollow\">https://d.example/e</a>.</p>");
    assertMarkup(
        "| a | b |\n|---|:-:|\n| 1 | 2 |\nend",
        "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><thead><tr><th>a</th>"
            + "<th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table></div><p>end</p>");
  }

  private static void assertMarkup(String text, String expected) {
    try (var page = BROWSER.open()) {
      var markup =
          page.page()
              .evaluate(
                  """
                  async (text) => {
                    const { markdownIn } = await import('./markdown.js');
                    const element = document.createElement('div');
                    markdownIn(element)(text);
                    return element.innerHTML;
                  }
                  """,
                  text);
      assertThat(markup).isEqualTo(expected);
    }
  }

  /** Beginnings without an end are what a careless parser takes for ever to look for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[",
        "![",
        "[a](",
        "**a ",
        "_a ",
        "~~a",
        "`",
        "``a`",
        "> ",
        "- ",
        "  - a\n",
        "\n",
        "| a ",
        "https://"
      })
  void an_answer_made_to_be_slow_is_not(String part) {
    try (var page = BROWSER.open()) {
      var ms =
          (Number)
              page.page()
                  .evaluate(
                      """
                      async (part) => {
                        const { markdownIn } = await import('./markdown.js');
                        const text = '- x\\n' + part.repeat(100_000 / part.length);
                        const begun = performance.now();
                        markdownIn(document.createElement('div'))(text);
                        return performance.now() - begun;
                      }
                      """,
                      part);
      assertThat(ms.doubleValue()).isLessThan(5_000);
    }
  }
}
