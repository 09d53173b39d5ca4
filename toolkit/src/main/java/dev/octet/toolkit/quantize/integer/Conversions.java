// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The forms that each tensor is needed in: the tensor itself in the form in which it is written,
 * and one more tensor with a QUANTIZE or DEQUANTIZE for each other form.
 */
final class Conversions {
  private final Constants names;
  private final Map<EditableTensor, Map<Form, EditableTensor>> forms = new IdentityHashMap<>();
  private final Map<EditableTensor, Form> written = new IdentityHashMap<>();

  Conversions(Constants names) {
    this.names = names;
  }

  /** Says in which form {@code tensor} is written. */
  void write(EditableTensor tensor, Form form) {
    written.put(tensor, form);
    forms.computeIfAbsent(tensor, t -> new HashMap<>()).put(form, tensor);
  }

  /** FLOAT for a tensor of which nothing was said. */
  Form written(EditableTensor tensor) {
    return written.getOrDefault(tensor, Form.FLOAT);
  }

  /** {@code tensor} in {@code form}, which must have been made. */
  EditableTensor in(EditableTensor tensor, Form form) {
    return form.equals(written(tensor)) ? tensor : forms.getOrDefault(tensor, Map.of()).get(form);
  }

  /**
   * The operators that make {@code form} of {@code tensor}: none where it is there; two where
   * QUANTIZE does not do it at once, from 8 bits to INT16 through INT32 and from INT16 to UINT8
   * through INT8.
   *
   * @param name of the new tensor
   */
  List<EditableOperator> make(EditableTensor tensor, Form form, String name) {
    List<EditableOperator> operators = new ArrayList<>();
    if (in(tensor, form) != null) {
      return operators;
    }
    Form from = written(tensor);
    if (from.type() == TensorType.INT16 && form.type() == TensorType.UINT8) {
      from = new Form(form.activation().asInt8());
      operators.addAll(make(tensor, from, names.freeName(tensor.name() + "_int8")));
    }
    EditableTensor source = in(tensor, from);
    if (from.type().bits() == 8 && form.type() == TensorType.INT16) {
      source = tensor.copy(names.freeName(tensor.name() + "_int32")).variable(false);
      source.type(TensorType.INT32).quantization(from.activation().parameters(false));
      // version 2 reads and writes 8 bits
      operators.add(
          new EditableOperator(BuiltinOperator.CAST, List.of(in(tensor, from)), List.of(source))
              .version(2));
    }
    EditableTensor made = tensor.copy(name).variable(false).type(TensorType.FLOAT32);
    made.quantization(null);
    forms.computeIfAbsent(tensor, t -> new HashMap<>()).put(form, made);
    BuiltinOperator kind = form.real() ? BuiltinOperator.DEQUANTIZE : BuiltinOperator.QUANTIZE;
    EditableOperator op = new EditableOperator(kind, List.of(source), List.of(made));
    // DEQUANTIZE: version 2 reads INT8; QUANTIZE: TensorFlow writes 1 with any type
    operators.add(form.real() ? op.version(2) : op);
    return operators;
  }

  /** Gives every tensor the type and parameters of its form. */
  void apply() {
    forms.values().forEach(map -> map.forEach(Form::applyTo));
  }
}
