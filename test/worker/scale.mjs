/** @file A page's own layer and loss, as its worker is to know them: a module whose default export is given the library. */
export default function register(engram) {
  class Scale extends engram.Layer {
    static className = "Scale";
    static traceable = true;

    build(inputShape) {
      this.factor = this.addWeight("factor", [inputShape.at(-1)], "float32", "ones");
    }

    call(inputs) {
      return inputs.mul(this.factor);
    }
  }
  engram.serialization.registerClass(Scale);
  const cubic = (targets, predictions) => targets.sub(predictions).abs().pow(3).mean(-1);
  engram.serialization.registerFunction("cubic", Object.assign(cubic, { traceable: true }));
  return Scale;
}
