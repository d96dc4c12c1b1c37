/**
 * Who is calling, and from which page: checks access tokens of one issuer, and origins. Promises
 * that nothing is open by default, that a token which cannot be checked is not taken, and that no
 * token gets into a log or an answer. Its keys are fetched on the threads of requests.
 */
@NullMarked
package dev.sluice.api.identity;

import org.jspecify.annotations.NullMarked;
