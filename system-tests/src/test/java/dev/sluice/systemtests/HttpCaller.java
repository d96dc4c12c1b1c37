package dev.sluice.systemtests;

import static dev.sluice.systemtests.TestingSystem.JSON;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;

/** A signed-in HTTP client of one api. */
record HttpCaller(String url, String token) {
  static HttpCaller of(String account) {
    return new HttpCaller(TestingSystem.url(), TestingSystem.token(account));
  }

  /** The same person at the second api. */
  HttpCaller elsewhere() {
    return new HttpCaller(TestingSystem.otherUrl(), token);
  }

  HttpResponse<String> get(String path) {
    return TestingSystem.send(request(path).GET().build());
  }

  HttpResponse<String> post(String path, String body) {
    return TestingSystem.send(request(path).POST(BodyPublishers.ofString(body)).build());
  }

  HttpResponse<String> delete(String path) {
    return TestingSystem.send(request(path).DELETE().build());
  }

  /** The body as it comes: what is not read is not sent. */
  InputStream download(String path) {
    return TestingSystem.send(request(path).GET().build(), BodyHandlers.ofInputStream()).body();
  }

  EventStream stream(String path) {
    return new EventStream(request(path).GET().build());
  }

  EventStream stream(String path, String body) {
    return new EventStream(request(path).POST(BodyPublishers.ofString(body)).build());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + token);
  }

  /** A request body that asks for a response. */
  static String question(String input, String... more) {
    var body = JSON.createObjectNode();
    body.put("model", "gpt-4o-mini");
    body.put("input", input);
    for (int i = 0; i < more.length; i += 2) body.set(more[i], JSON.readTree(more[i + 1]));
    return JSON.writeValueAsString(body);
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }
}
