@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.junit;
