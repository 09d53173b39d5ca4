// SPDX-License-Identifier: Apache-2.0
/**
 * Which operators of a quantized model a Coral Edge TPU would run, by the rules that are published,
 * and what its parameters take there. Nothing is compiled and no device is asked.
 *
 * <p>Sources of the rules, each named where it is used:
 *
 * <ul>
 *   <li><b>the model page</b>: coral.ai/docs/edgetpu/models-intro, "Model requirements" and the
 *       table "Supported operations". Makers of devices with the same chip repeat it, such as
 *       developer.axis.com on the ARTPEC-7.
 *   <li><b>the compiler page</b>: coral.ai/docs/edgetpu/compiler, "Parameter data caching" and the
 *       options of edgetpu_compiler.
 *   <li><b>the compiler's logs</b>, in threads of github.com/google-coral/edgetpu/issues, by
 *       number.
 *   <li><b>compiled twins</b>: pairs of a model and its compiled form in
 *       github.com/google-coral/test_data, whose operators left on the CPU and whose parameter
 *       bytes were compared with what this package says.
 * </ul>
 */
package dev.octet.toolkit.edgetpu;
