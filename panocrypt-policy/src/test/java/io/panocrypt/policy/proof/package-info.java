/** The proof of the decision core: random operations on the service and on a model of the contract. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.proof;
