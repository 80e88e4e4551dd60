/** What users get: installed jars, and a runtime linked for the server. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.published;
