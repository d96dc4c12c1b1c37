/**
 * Responses and chat completions over plain HTTP, models, and the shape of errors. Promises
 * OpenAI's own wire, and that a client which goes away is noticed. A request blocks its own virtual
 * thread until it is answered.
 */
@NullMarked
package dev.sluice.api.http;

import org.jspecify.annotations.NullMarked;
