/** The proof of the decision core: random operations on the service, and a model that says what each of them should do. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.proof;
