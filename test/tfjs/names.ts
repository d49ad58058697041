/** @file Public names of TensorFlow.js 4.22 that engram does not have: due later, or not planned. */

const listed = (reason: string, names: string): Record<string, string> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, reason]),
  );

/** Due later, by what they come with. */
export const later: Record<string, string> = {
  ...listed(
    "convolution and pooling",
    `conv1d conv2d conv2dTranspose conv3d conv3dTranspose depthwiseConv2d separableConv2d dilation2d avgPool avgPool3d maxPool maxPool3d
    maxPoolWithArgmax pool fused.conv2d fused.depthwiseConv2d`,
  ),
  ...listed("recurrent networks", "basicLSTMCell multiRNNCell RNN"),
  ...listed("images", "image resizeBilinear resizeNearestNeighbor"),
  ...listed("signals", "signal spectral fft ifft rfft irfft complex real imag cosineWindow enclosingPowerOfTwo"),
  ...listed("and layers", "InputSpec LayerVariable GraphModel loadGraphModel loadGraphModelSync profile"),
  ...listed("callbacks", "CallbackList EarlyStopping registerCallbackConstructor"),
  ...listed("datasets", "data.FileDataSource data.TextLineDataset data.URLDataSource data.microphone data.version_data data.webcam"),
  ...listed(
    "layers",
    `layers.RNN layers.RNNCell layers.averagePooling1d layers.averagePooling2d layers.averagePooling3d layers.avgPool1d layers.avgPool2d
    layers.avgPool3d layers.avgPooling1d layers.avgPooling2d layers.avgPooling3d layers.bidirectional layers.categoryEncoding layers.centerCrop
    layers.conv1d layers.conv2d layers.conv2dTranspose layers.conv3d layers.conv3dTranspose layers.convLstm2d layers.convLstm2dCell
    layers.cropping2D layers.depthwiseConv2d layers.globalAveragePooling1d layers.globalAveragePooling2d layers.globalMaxPool1d
    layers.globalMaxPool2d layers.globalMaxPooling1d layers.globalMaxPooling2d layers.gru layers.gruCell layers.lstm layers.lstmCell
    layers.maxPool1d layers.maxPool2d layers.maxPooling1d layers.maxPooling2d layers.maxPooling3d layers.randomWidth layers.resizing layers.rnn
    layers.separableConv2d layers.simpleRNN layers.simpleRNNCell layers.stackedRNNCells layers.timeDistributed layers.upSampling2d
    layers.zeroPadding2d`,
  ),
};

/** Not planned, each with its reason. */
export const notPlanned: Record<string, string> = {
  ...listed("saving: decoding is imported on first use, so it cannot be at once: decodeWeightsStream, loadWeights", "io.decodeWeights"),
  ...listed("layers extend Layer", "serialization.Serializable serialization.SerializationMap serialization.getRegisteredName"),
  ...listed("saving: buffers are joined; concatenateArrayBuffers does it", "io.CompositeArrayBuffer"),
  ...listed(
    "engram has one backend: there is nothing to register, choose or ask",
    `backend backend_util findBackend findBackendFactory getBackend setBackend registerBackend removeBackend KernelBackend DataStorage
    MathBackendCPU MathBackendWebGL setPlatform engine Environment env ENV copyRegisteredKernels getKernel getKernelsForBackend registerKernel
    unregisterKernel kernel_impls shared version_cpu version_webgl`,
  ),
  ...listed("ops are defined by defineOp", "op registerOp deregisterOp OP_SCOPE_SUFFIX OptimizerConstructors"),
  ...listed("gradients belong to an op's definition; customGrad makes new ones", "getGradient registerGradient unregisterGradient"),
  ...listed("WebGL", "GPGPUContext gpgpu_util webgl webgl_util setWebGLContext forceHalfFloat dataToGPU"),
  ...listed(
    "inner parts of TensorFlow.js that it exports",
    `broadcast_util device_util gather_util scatter_util slice_util tensor_util test_util serialization.Serializable
    serialization.SerializationMap serialization.getRegisteredName`,
  ),
  ...listed(
    "small helpers of TensorFlow.js's own code, one line of JavaScript each, or of backends and texts",
    `util.arraysEqual util.arraysEqualWithNull util.assertNonNegativeIntegerDimensions util.assertNonNull util.assertShapesMatch
    util.bytesFromStringArray util.bytesPerElement util.checkConversionForErrors util.clamp util.computeStrides
    util.convertBackendValuesAndArrayBuffer util.createScalarValue util.decodeString util.distSquared util.encodeString util.fetch
    util.fingerPrint64 util.getArrayFromDType util.getTypedArrayFromDType util.hasEncodingLoss util.hexToLong util.indexToLoc util.inferDtype
    util.inferFromImplicitShape util.isBoolean util.isFunction util.isInt util.isNumber util.isPromise util.isScalarShape util.isString
    util.isTypedArray util.isValidDtype util.locToIndex util.makeOnesTypedArray util.makeZerosNestedTypedArray util.makeZerosTypedArray
    util.nearestDivisor util.nearestLargerEven util.parseAxisParam util.randUniform util.repeatedTry util.rightPad util.sizeToSquarishShape
    util.squeezeShape util.sum util.swap util.tanh util.toNestedArray util.toTypedArray`,
  ),
  ...listed("texts are not tensors", "string"),
  ...listed("sparse and ragged tensors, which only converted TensorFlow graphs use", "sparse raggedGather raggedRange raggedTensorToTensor"),
  ...listed("there is no list of variables: the garbage collector takes those that nothing refers to", "disposeVariables"),
  ...listed("modes of TensorFlow.js's engine", "enableDebugMode enableProdMode disableDeprecationWarnings deprecationWarn"),
  ...listed("versions of TensorFlow.js's packages", "version version_converter version_core version_layers"),
};
