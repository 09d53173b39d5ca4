// SPDX-License-Identifier: Apache-2.0
#include "answers.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace simulator {

namespace {

uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

void seeded(uint64_t seed, const Sample& sample, std::vector<std::vector<uint8_t>>* outputs) {
  uint64_t inputs = 0;
  for (size_t i = 0; i < sample.inputs.size(); i++) {
    inputs ^= sample.inputs[i].hash() * (i + 1);
  }
  for (size_t k = 0; k < outputs->size(); k++) {
    std::vector<uint8_t>& output = (*outputs)[k];
    for (size_t i = 0; i < output.size(); i++) {
      uint64_t word = mix(seed + inputs + k * 0x9e3779b97f4a7c15 + i / 8);
      output[i] = static_cast<uint8_t>(word >> (i % 8 * 8));
    }
  }
}

class Connection {
 public:
  explicit Connection(const std::string& path) : socket_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
      return;
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    timeval patience{120, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ok_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool ok() const { return ok_; }

  void send(const std::vector<uint8_t>& bytes) {
    for (size_t at = 0; ok_ && at < bytes.size();) {
      ssize_t sent = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
      ok_ = sent > 0;
      at += ok_ ? static_cast<size_t>(sent) : 0;
    }
  }

  void receive(void* data, size_t size) {
    uint8_t* bytes = static_cast<uint8_t*>(data);
    for (size_t at = 0; ok_ && at < size;) {
      ssize_t got = recv(socket_, bytes + at, size - at, 0);
      ok_ = got > 0;
      at += ok_ ? static_cast<size_t>(got) : 0;
    }
  }

 private:
  int socket_;
  bool ok_ = false;
};

class Message {
 public:
  template <typename T>
  void number(T value) {
    bytes(&value, sizeof(value));
  }
  void name(const std::string& text) {
    number(static_cast<uint32_t>(text.size()));
    bytes(text.data(), text.size());
  }
  void bytes(const void* data, size_t size) {
    const uint8_t* from = static_cast<const uint8_t*>(data);
    bytes_.insert(bytes_.end(), from, from + size);
  }
  const std::vector<uint8_t>& all() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

std::string served(const std::string& path, const Sample& sample,
                   std::vector<std::vector<uint8_t>>* outputs) {
  const Package& package = *sample.package;
  Message message;
  message.number<uint32_t>(0x4d49534f);
  message.number<uint32_t>(1);
  message.number<uint64_t>(package.hash);
  message.number<uint32_t>(sample.kernel);
  message.number<uint32_t>(sample.batch);
  message.number<uint32_t>(sample.batches);
  message.number<uint32_t>(sample.inputs.size());
  for (size_t i = 0; i < sample.inputs.size(); i++) {
    message.name(package.inputs[i].name);
    message.number<uint64_t>(sample.inputs[i].size);
    message.bytes(sample.inputs[i].data, sample.inputs[i].size);
  }
  message.number<uint32_t>(outputs->size());
  for (size_t i = 0; i < outputs->size(); i++) {
    message.name(package.outputs[i].name);
    message.number<uint64_t>((*outputs)[i].size());
  }
  Connection connection(path);
  if (!connection.ok()) {
    return "the simulator's server does not answer at " + path;
  }
  connection.send(message.all());
  uint32_t failed = 0;
  connection.receive(&failed, sizeof(failed));
  if (connection.ok() && failed) {
    uint32_t length = 0;
    connection.receive(&length, sizeof(length));
    std::string reason(connection.ok() && length < 100000 ? length : 0, ' ');
    connection.receive(reason.data(), reason.size());
    return reason.empty() ? "the simulator's server gives no reason" : reason;
  }
  for (std::vector<uint8_t>& output : *outputs) {
    connection.receive(output.data(), output.size());
  }
  return connection.ok() ? "" : "the simulator's server broke off";
}

}  // namespace

std::string answer(const Settings& settings, const Sample& sample,
                   std::vector<std::vector<uint8_t>>* outputs) {
  if (!settings.socket.empty()) {
    return served(settings.socket, sample, outputs);
  }
  seeded(settings.seed, sample, outputs);
  return "";
}

}  // namespace simulator
