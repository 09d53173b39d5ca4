# SPDX-License-Identifier: Apache-2.0
"""train_digits.py --mnist DIR --out DIR: trains the digit model of `octet demo`.

DIR of --mnist holds the four MNIST files train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz,
t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz. Written to --out:

  digits_float.tflite  float32: 1 x 28 x 28 pixels in [0, 1] to 10 logits
  digits_int8.tflite   the same network as TensorFlow's converter quantizes it: int8 in and out,
                       calibrated on the first 100 training images
  digits_separable.tflite  float32: depthwise separable convolutions, batch normalization, ReLU and
                       an addition, for the tests of quantization

Made with TensorFlow 2.21.0 and Keras 3.15.1. Nothing in the build or the tests runs this file.
"""
import argparse
import gzip
import pathlib

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

CALIBRATION_IMAGES = 100
EPOCHS = 3
SEED = 20261121


def read_idx(path):
    raw = gzip.open(path).read()
    rank = raw[3]
    shape = [int.from_bytes(raw[4 + 4 * i : 8 + 4 * i], "big") for i in range(rank)]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def fit(model, images, labels):
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss=loss)
    model.fit(images, labels, epochs=EPOCHS, batch_size=64, verbose=0)
    return model


def train(images, labels):
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Input((28, 28)),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(12, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    return fit(model, images, labels)


def separable(x, filters, stride):
    layers = tf.keras.layers
    y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(y))
    if stride == 1:
        y = layers.Add()([x, y])
    return layers.ReLU()(y)


def train_separable(images, labels):
    layers = tf.keras.layers
    inputs = layers.Input((28, 28))
    x = layers.Reshape((28, 28, 1))(inputs)
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = separable(x, 24, 2)
    x = separable(x, 24, 1)
    x = separable(x, 32, 2)
    x = separable(x, 32, 1)
    x = layers.Dense(10)(layers.GlobalAveragePooling2D()(x))
    return fit(tf.keras.Model(inputs, x), images, labels)


def convert(model, samples=None):
    spec = tf.TensorSpec([1, 28, 28], tf.float32, name="image")
    function = tf.function(lambda image: model(image, training=False))
    concrete = convert_variables_to_constants_v2(function.get_concrete_function(spec))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    if samples is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([s[None]] for s in samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def accuracy(model, images, labels):
    interpreter = tf.lite.Interpreter(model_content=model)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]
    target = interpreter.get_output_details()[0]
    scale, zero_point = source["quantization"]
    right = 0
    for image, label in zip(images, labels):
        if source["dtype"] == np.int8:
            image = np.clip(np.rint(image / scale) + zero_point, -128, 127).astype(np.int8)
        interpreter.set_tensor(source["index"], image[None])
        interpreter.invoke()
        right += int(np.argmax(interpreter.get_tensor(target["index"])[0]) == label)
    return right / len(labels)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    options = parser.parse_args()
    tf.keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()

    images = read_idx(options.mnist / "train-images-idx3-ubyte.gz").astype(np.float32) / 255
    labels = read_idx(options.mnist / "train-labels-idx1-ubyte.gz")
    test_images = read_idx(options.mnist / "t10k-images-idx3-ubyte.gz").astype(np.float32) / 255
    test_labels = read_idx(options.mnist / "t10k-labels-idx1-ubyte.gz")

    model = train(images, labels)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, samples in (("digits_float", None), ("digits_int8", images[:CALIBRATION_IMAGES])):
        content = convert(model, samples)
        (options.out / f"{name}.tflite").write_bytes(content)
        print(name, len(content), "bytes, accuracy", accuracy(content, test_images, test_labels))
    tf.keras.utils.set_random_seed(SEED)
    content = convert(train_separable(images, labels))
    (options.out / "digits_separable.tflite").write_bytes(content)
    accurate = accuracy(content, test_images, test_labels)
    print("digits_separable", len(content), "bytes, accuracy", accurate)


main()
