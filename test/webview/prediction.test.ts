/** The accuracy at every budget, predicted from trainings at some. */
import { expect, it } from 'vitest';
import { cutOff, describePanel, screenshot } from './page.ts';

describePanel('the panel', ({ openReady, axe, errors }) => {
  it('predicts the accuracy of every budget once some were trained at', async () => {
    const page = await openReady({ theme: 'light' });
    const predicted = page.getByTestId('predicted-error');
    expect(await predicted.count()).toBe(0);
    const section = page.getByTestId('prediction');
    await section.locator('summary').click();
    await page.getByTestId('run-prediction').click();
    await page.getByTestId('prediction-points').waitFor();
    const told = async () =>
      /this budget: ([\d.]+) % \(([\d.]+) % to ([\d.]+) %\),\s+original 58 %/
        .exec((await predicted.textContent()) ?? '')
        ?.slice(1)
        .map(Number) ?? [];
    const [middle = NaN, low = NaN, high = NaN] = await told();
    expect(low).toBeLessThan(middle);
    expect(middle).toBeLessThan(high);
    await page.getByText('of 4 left-out budgets 3 were inside such an interval').first().waitFor();
    expect(await section.getByTestId('coverage').textContent()).toContain('a share of 30 % to 95 %');
    const figure = section.getByRole('img', { name: 'Accuracy by bytes of the copy' });
    expect(await figure.locator('circle').count()).toBe(1 + 6 * 2);
    expect(await figure.locator('polygon').count()).toBe(1);
    expect(await cutOff(figure)).toEqual([]);

    const field = page.getByTestId('budget-field');
    await field.fill('80%');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await told())[0]).toBeGreaterThan(middle);
    await page.getByTestId('budget-slider').press('Home');
    await expect.poll(() => predicted.textContent()).toContain('it is below the budgets that were trained at');
    expect(await figure.textContent()).not.toContain('slider');
    expect(await axe(page)).toEqual([]);
    await field.fill('50%');
    await page.keyboard.press('Enter');
    await screenshot(page, 'prediction-light-1100');
    await page.setViewportSize({ width: 320, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await screenshot(page, 'prediction-light-320');
    expect(errors()).toEqual([]);
    await page.close();
  });

  it('shows a prediction that is known at once, and before what a sweep expects', async () => {
    const page = await openReady({ predicted: true });
    await page.getByTestId('predicted-error').waitFor();
    expect((await page.evaluate<string[]>('host.calls')).includes('predict')).toBe(false);
    await page.getByTestId('sweep').locator('summary').click();
    await page.getByTestId('run-sweep').click();
    await page.getByTestId('sweep-cells').waitFor();
    expect(await page.getByTestId('expected-error').count()).toBe(0);
    await page.getByTestId('sweep').locator('summary').click();
    await page.getByTestId('prediction').locator('summary').click();
    await page.getByTestId('prediction-points').waitFor();
    await screenshot(page, 'prediction-dark-1100');
    await page.close();
  });
});
