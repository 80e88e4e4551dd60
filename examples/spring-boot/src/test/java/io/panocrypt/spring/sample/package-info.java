/** The application of the documentation, which the acceptance test starts. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.spring.sample;
