// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static dev.octet.toolkit.data.DataFiles.all;
import static dev.octet.toolkit.data.DataFiles.counting;
import static dev.octet.toolkit.data.DataFiles.firsts;
import static dev.octet.toolkit.data.DataFiles.floats;
import static dev.octet.toolkit.data.DataFiles.npy;
import static dev.octet.toolkit.data.DataFiles.npz;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.SignatureInfo;
import dev.octet.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CombinedDataTest {
  private static final DataOptions PLAIN = DataOptions.DEFAULT;
  private static final TensorInfo LEFT = floats("left", 1, 2);
  private static final TensorInfo RIGHT = floats("right", 1, 1);

  @TempDir Path folder;
  private Path pairs;
  private Path ones;

  @BeforeEach
  void files() throws IOException {
    pairs = npy(folder.resolve("a,b=c.npy"), counting(NpyType.FLOAT32, 6, 2));
    ones =
        npz(
            folder.resolve("ones.npz"),
            false,
            Map.of("x", counting(NpyType.FLOAT32, 6, 1), "y", counting(NpyType.INT32, 6)));
  }

  private static String wrong(String spec, TensorInfo... inputs) {
    return assertThrows(Exception.class, () -> DataSets.open(spec, List.of(inputs), PLAIN))
        .getMessage();
  }

  @Test
  void inputsMayHaveSetsOfTheirOwn() throws IOException {
    String spec = "right=" + ones + ",left=" + pairs;
    DataSet set = DataSets.open(spec, List.of(LEFT, RIGHT), PLAIN);
    assertEquals(6, set.size());
    Sample last = all(set).get(5);
    assertArrayEquals(new float[] {10, 11}, last.inputs().get(0).toFloats());
    assertArrayEquals(new float[] {5}, last.inputs().get(1).toFloats());
    assertEquals(5, last.label());
    DataSet drawn = DataSets.open(spec, List.of(LEFT, RIGHT), PLAIN.shuffle(4).limit(3));
    for (Sample sample : drawn) {
      assertEquals(2 * sample.label(), sample.inputs().get(0).toFloats()[0]);
    }
    assertEquals(3, drawn.size());
    DataSet byNumber =
        DataSets.open("0=" + pairs + "@2:4,1=random:1:2", List.of(LEFT, RIGHT), PLAIN);
    assertArrayEquals(new float[] {4, 5}, firsts(byNumber).get(0));
  }

  @Test
  void inputsThatDoNotComeTogetherAreRefused() throws IOException {
    String left = "left=" + pairs;
    assertTrue(wrong(left, LEFT, RIGHT).contains("does not feed the input 'right'"));
    assertTrue(wrong(left + "," + left, LEFT, RIGHT).contains("feeds the input 'left' twice"));
    assertTrue(wrong(left + ",right=random:1:5", LEFT, RIGHT).contains("6 samples from "));
    assertTrue(wrong(pairs.toString(), LEFT, RIGHT).contains("INPUT=SPEC,INPUT=SPEC"));
    assertTrue(wrong("lefd=x.npy", LEFT).startsWith("lefd=x.npy"));
    npz(
        folder.resolve("other.npz"),
        false,
        Map.of("x", counting(NpyType.FLOAT32, 6, 2), "y", NpyArray.of(new int[6], 6)));
    String labels = "left=" + folder.resolve("other.npz") + ",right=" + ones;
    assertTrue(wrong(labels, LEFT, RIGHT).contains("has label 1"));
  }

  @Test
  void rangesOfOneShuffleHaveNothingInCommon() throws IOException {
    DataOptions seeded = PLAIN.shuffle(9);
    DataSet a = DataSets.open(pairs + "@:2", List.of(LEFT), seeded);
    DataSet b = DataSets.open(pairs + "@2:", List.of(LEFT), seeded);
    assertEquals(2, a.size());
    assertEquals(4, b.size());
    assertTrue(Overlap.of(a, b).isEmpty());
    TreeSet<Float> values = new TreeSet<>();
    firsts(a).forEach(x -> values.add(x[0]));
    firsts(b).forEach(x -> values.add(x[0]));
    assertEquals(6, values.size());
    assertTrue(wrong(pairs + "@6:9", LEFT).contains("no sample is left"));
    assertTrue(wrong(pairs + "@3:2", LEFT).contains("no sample is left"));
  }

  @Test
  void overlapNamesWhatIsInBoth() throws IOException {
    DataSet all = DataSets.open(pairs.toString(), List.of(LEFT), PLAIN);
    DataSet some = DataSets.open(pairs + "@4:", List.of(LEFT), PLAIN);
    Overlap overlap = Overlap.of(some, all);
    assertEquals(2, overlap.count());
    assertEquals(2, overlap.firstSize());
    assertEquals(6, overlap.secondSize());
    assertEquals(
        List.of(
            new Overlap.Pair(pairs + "[4]", pairs + "[4]"),
            new Overlap.Pair(pairs + "[5]", pairs + "[5]")),
        overlap.pairs());
    assertTrue(Overlap.of(all, DataSets.open("random:1:6", List.of(LEFT), PLAIN)).isEmpty());
  }

  @Test
  void aHashIsOfContentsAndOrderOnly() throws IOException {
    DataSet npy = DataSets.open(pairs.toString(), List.of(LEFT), PLAIN);
    Path other = npz(folder.resolve("b.npz"), true, Map.of("left", NpyReader.read(pairs)));
    DataSet npz = DataSets.open(other.toString(), List.of(floats("left", 2)), PLAIN);
    assertEquals(DataSetHash.of(npy).hex(), DataSetHash.of(npz).hex());
    assertEquals(64, DataSetHash.of(npy).hex().length());
    DataSet turned = DataSets.open(pairs.toString(), List.of(LEFT), PLAIN.shuffle(2));
    assertTrue(!DataSetHash.of(turned).hex().equals(DataSetHash.of(npy).hex()));
    DataSetHash running = new DataSetHash();
    for (Sample sample : npy) {
      running.add(sample);
      running.hex();
    }
    assertEquals(6, running.samples());
    assertEquals(DataSetHash.of(npy).hex(), running.hex());
    // the digest of one sample's digest, calculated apart from this program
    Sample sample = new Sample("s", List.of(NpyArray.of(new float[] {1, -2}, 2)), -1, null);
    assertEquals(
        "04abec8618c16408e9d836df4028fc73bb956655d285def1ed5574fe9b859412", DataSetHash.of(sample));
    assertEquals(
        "ae354100874013d9e9d9bae92ada6772f674ed43a36a090cdf3e546694dd4878",
        DataSetHash.of(DataSets.of("s", List.of(sample))).hex());
  }

  @Test
  void signaturesHaveSetsOfTheirOwn() throws IOException {
    SignatureInfo train = new SignatureInfo("train", 0, Map.of("left", LEFT), Map.of());
    SignatureInfo infer = new SignatureInfo("infer", 1, Map.of("right", RIGHT), Map.of());
    List<SignatureInfo> both = List.of(train, infer);
    Map<String, DataSet> sets =
        DataSets.openAll("infer/random:1:3;train/left=" + pairs, both, PLAIN);
    assertEquals(List.of("infer", "train"), List.copyOf(sets.keySet()));
    assertEquals(3, sets.get("infer").size());
    assertEquals(6, sets.get("train").size());
    assertEquals(
        List.of("train"), List.copyOf(DataSets.openAll(pairs.toString(), both, PLAIN).keySet()));
    assertThrows(
        IllegalArgumentException.class,
        () -> DataSets.openAll("train/random:1:3;train/random:1:3", both, PLAIN));
  }

  @Test
  void drawnDigitsHaveAName() throws IOException {
    DataSet set = DataSets.open("digits:3:12", List.of(floats("x", 1, 28, 28, 1)), PLAIN);
    assertEquals(DataSetHash.of(DataSets.digits(3, 12)).hex(), DataSetHash.of(set).hex());
    assertEquals(1, all(set).get(11).label());
    assertEquals(10, set.classes().size());
    assertTrue(wrong("digits:3:12", floats("x", 1, 32, 32, 1)).contains("[28, 28] pixels"));
    assertTrue(wrong("digits:3:1000001", floats("x", 28, 28)).contains("1 to 1000000"));
    assertTrue(wrong("digits:3:0", floats("x", 28, 28)).contains(": 0 drawn digits"));
    assertThrows(IllegalArgumentException.class, () -> DataSets.random(1, 0, List.of(LEFT)));
  }

  @Test
  void anEmptyFileOfNamesIsRefused() throws IOException {
    Path empty = Files.writeString(folder.resolve("names.txt"), "\n \n");
    assertTrue(
        assertThrows(
                DataFormatException.class,
                () -> DataSets.open(pairs.toString(), List.of(LEFT), PLAIN.labels(empty)))
            .getMessage()
            .contains("names no class"));
  }
}
