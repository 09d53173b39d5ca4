// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import java.util.List;

/** Every family. */
public final class AllCases {
  private static final List<OpCases> FAMILIES =
      List.of(
          new ArithmeticCases(),
          new BatchMatmulCases(),
          new BlockCases(),
          new CompareCases(),
          new ControlFlowCases(),
          new ConversionCases(),
          new Convolution3dCases(),
          new ConvolutionCases(),
          new DensifyCases(),
          new DetectionCases(),
          new FftCases(),
          new ElementwiseCases(),
          new FullyConnectedCases(),
          new GatherCases(),
          new JoinCases(),
          new LstmCases(),
          new PoolCases(),
          new PreluCases(),
          new ReduceCases(),
          new ReduceWindowCases(),
          new ResizeCases(),
          new RnnCases(),
          new SearchCases(),
          new SegmentCases(),
          new SelectionCases(),
          new ShapeCases(),
          new SliceCases(),
          new SoftmaxCases(),
          new StablehloSliceCases(),
          new UnaryCases());

  private AllCases() {}

  public static List<OpGenerator> generators() {
    return FAMILIES.stream().flatMap(family -> family.generators().stream()).toList();
  }
}
